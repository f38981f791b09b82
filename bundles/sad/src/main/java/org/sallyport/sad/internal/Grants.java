package org.sallyport.sad.internal;

import java.util.function.Supplier;
import org.sallyport.api.sa.SequenceGrants;
import org.sallyport.api.sa.SpiKey;

/**
 * Raises the sequence limit of an outbound SA when its worker asks. Checkpoints are held in memory, which the SAD's end
 * takes along with the SAs themselves, so a grant is safe at once.
 */
final class Grants implements SequenceGrants {
    private final PairTable table;
    private final Ageing ageing;
    private final Supplier<SadSettings> settings;

    Grants(PairTable table, Ageing ageing, Supplier<SadSettings> settings) {
        this.table = table;
        this.ageing = ageing;
        this.settings = settings;
    }

    @Override
    public void request(SpiKey inbound) {
        table.pair(inbound).ifPresent(this::raise);
    }

    private void raise(Pair pair) {
        Pair.Agreed agreed = pair.agreed();
        if (agreed == null) {
            return;
        }
        SequenceBudget budget = SequenceBudget.of(agreed, settings.get());
        pair.withOutbound(side -> {
            long limit = budget.limitAfter(Counters.read(side.memory()).sequence());
            if (limit > SlotWriter.sequenceLimit(side.memory())) {
                SlotWriter.sequenceLimit(side.memory(), limit);
            }
        });
        ageing.look(pair);
    }
}
