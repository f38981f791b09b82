package org.sallyport.classifier.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.esp.CryptoBuffers;
import org.sallyport.classifier.internal.esp.JdkGcm;

/** The table against a map. */
class SpiTableTest {
    private final MemorySegment slot = Arena.ofAuto().allocate(SaSlotLayout.SIZE, 64);

    @Property(tries = 300)
    void findsWhatAMapFinds(@ForAll @Size(max = 300) List<@IntRange(min = -60, max = 60) Integer> changes) {
        SpiTable table = new SpiTable();
        Map<Integer, InboundSa> model = new HashMap<>();
        for (int change : changes) {
            int spi = Math.abs(change) * 0x0101_0101;
            if (change < 0) {
                assertThat(table.remove(spi)).isSameAs(model.remove(spi));
            } else {
                InboundSa sa = sa(spi);
                assertThat(table.put(sa)).isSameAs(model.put(spi, sa));
            }
            assertThat(table.size()).isEqualTo(model.size());
        }
        for (int i = 0; i <= 60; i++) {
            assertThat(table.find(i * 0x0101_0101)).isSameAs(model.get(i * 0x0101_0101));
        }
    }

    @Example
    void whatStaysIsFoundWhileOthersComeAndGo() throws Exception {
        SpiTable table = new SpiTable();
        InboundSa stays = sa(5000);
        for (int i = 0; i < 20; i++) {
            table.put(sa(i));
        }
        table.put(stays);
        boolean[] missed = new boolean[1];
        boolean[] done = new boolean[1];
        Thread looking = Thread.ofPlatform().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                missed[0] |= table.find(5000) != stays;
            }
            done[0] = true;
        });
        for (int round = 0; round < 2000; round++) {
            for (int i = 0; i < 20; i++) {
                table.remove(i);
            }
            for (int i = 0; i < 20; i++) {
                table.put(sa(i));
            }
        }
        looking.interrupt();
        looking.join();
        assertThat(done[0]).isTrue();
        assertThat(missed[0]).isFalse();
    }

    private InboundSa sa(int spi) {
        var installed = Slots.fill(Slots.Sa.of(spi, SaDirection.INBOUND), slot);
        return new InboundSa(installed, new JdkGcm(slot.address(), BUFFERS));
    }

    private static final CryptoBuffers BUFFERS = new CryptoBuffers();
}
