package org.sallyport.classifier.internal.worker;

import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.netInt;

import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.ah.AhFormat;
import org.sallyport.classifier.internal.ah.AhIcv;
import org.sallyport.classifier.internal.ah.AhVerifier;
import org.sallyport.classifier.internal.esp.ReplayWindow;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.SpiTable;
import org.sallyport.linux.udp.ReceiveBatch;

/** What is AH's own on the way in (RFC 4302 section 3.4): SPI, replay check, ICV. Runs on one thread. */
final class AhInlet {
    /** Takes what is genuine. */
    interface Delivery {
        /**
         * Takes what a packet protects.
         *
         * @param text address of what follows the AH
         * @param next what that is: an IP protocol
         */
        void deliver(InboundSa sa, long text, int length, int next);

        /** Counts what is not taken, for the SA and for all. */
        void refuse(InboundSa sa, DropReason reason, int counter);
    }

    private final int worker;
    private final int workers;
    private final SpiTable table;
    private final Drops drops;
    private final Delivery delivery;
    private final AhVerifier verifier = new AhVerifier();

    /** @param worker whose SAs are those with this SPI modulo the number of workers */
    AhInlet(int worker, int workers, SpiTable table, Drops drops, Delivery delivery) {
        this.worker = worker;
        this.workers = workers;
        this.table = table;
        this.drops = drops;
        this.delivery = delivery;
    }

    /** Takes a packet of an AH socket. */
    void open(RawInlet inlet, int index) {
        ReceiveBatch batch = inlet.batch();
        int header = inlet.headerLength(index);
        long ah = batch.address(index) + header;
        int length = batch.length(index) - header;
        if (length < AhFormat.SHORTEST) {
            drops.count(DropReason.MALFORMED_OUTER);
            return;
        }
        int spi = netInt(ah + AhFormat.SPI);
        if (Integer.remainderUnsigned(spi, workers) != worker) {
            return; // came before the kernel split the protocol among workers: its owner has it too
        }
        InboundSa sa = table.find(spi);
        AhIcv icv = sa == null ? null : sa.icv();
        if (sa == null || icv == null) {
            drops.count(DropReason.UNKNOWN_SPI);
            return;
        }
        int headers = verifier.headerLength(icv, ah, length, inlet.ipv4());
        if (headers == 0) {
            delivery.refuse(sa, DropReason.MALFORMED_OUTER, SaSlotLayout.DROPPED_SIZE);
            return;
        }
        long sequence = ReplayWindow.infer(sa.slot(), netInt(ah + AhFormat.SEQUENCE), sa.extended());
        if (!ReplayWindow.isFresh(sa.slot(), sequence)) {
            delivery.refuse(sa, DropReason.REPLAY, SaSlotLayout.DROPPED_REPLAY);
        } else if (!isGenuine(icv, inlet, index, header, sequence)) {
            delivery.refuse(sa, DropReason.INTEGRITY, SaSlotLayout.DROPPED_INTEGRITY);
        } else {
            ReplayWindow.accept(sa.slot(), sequence);
            delivery.deliver(sa, ah + headers, length - headers, getByte(ah));
        }
    }

    private boolean isGenuine(AhIcv icv, RawInlet inlet, int index, int header, long sequence) {
        ReceiveBatch batch = inlet.batch();
        return inlet.ipv4()
                ? verifier.isGenuineIpv4(icv, batch.address(index), header, batch.length(index), sequence)
                : verifier.isGenuineIpv6(icv, batch, index, sequence);
    }
}
