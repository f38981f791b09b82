package org.sallyport.classifier.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;

class SaFactoryTest {
    private static final int WORKERS = 4;

    private final SaFactory factory = new SaFactory(WORKERS, () -> null, wish -> {});

    private int owner(long lineage, int inbound) throws Exception {
        InstalledSa sa = Slots.fill(
                Slots.Sa.of(0x777, SaDirection.OUTBOUND), Arena.ofAuto().allocate(SaSlotLayout.SIZE, 64));
        ChildSaId named = new ChildSaId(Slots.LINEAGE.ikeSa(), lineage);
        InstalledSa renamed = new InstalledSa(sa.key(), sa.direction(), named, sa.policy(), sa.selectors(), sa.slot());
        return factory.outbound(renamed, new SpiKey(IpsecProtocol.ESP, inbound)).owner();
    }

    /** Two workers would seal a flow's packets side by side, and the later ones might be first. */
    @Test
    void aSuccessorIsSealedByTheWorkerOfItsPredecessor() throws Exception {
        Set<Integer> owners = new HashSet<>();
        for (int lineage = 1; lineage <= WORKERS; lineage++) {
            int owner = owner(lineage, 1000);
            for (int inbound = 1001; inbound < 1020; inbound++) {
                assertThat(owner(lineage, inbound)).isEqualTo(owner);
            }
            owners.add(owner);
        }
        assertThat(owners).as("lineages are spread").hasSize(WORKERS);
    }
}
