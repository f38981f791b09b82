package org.sallyport.lab.rekeys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What became of one direction's datagrams, and on which side of the outer wire: what was sent and did not cross it is lost
 * by whoever seals, what crossed it and did not arrive by whoever opens. Immutable.
 *
 * @param sent how many
 * @param received different ones that arrived
 * @param duplicated arrivals of one that had arrived
 * @param lostBeforeWire that never crossed the wire
 * @param lostAfterWire that crossed it and did not arrive
 * @param reorderedBeforeWire that crossed the wire after a later one
 * @param reorderedAfterWire that arrived after one that had crossed the wire later
 * @param unseen arrivals that the witness has no record of: then it is no witness
 * @param losses every loss, consecutive ones together
 */
public record Attribution(
        int sent,
        int received,
        int duplicated,
        int lostBeforeWire,
        int lostAfterWire,
        int reorderedBeforeWire,
        int reorderedAfterWire,
        int unseen,
        List<Loss> losses) {
    private static final int NEVER = -1;

    /**
     * Datagrams with consecutive numbers that were lost alike.
     *
     * @param first the first number
     * @param last the last number
     * @param onWire whether they crossed the wire
     * @param spi in hexadecimal by which they did, else empty
     * @param sequence ESP sequence number of the first, else 0
     */
    public record Loss(int first, int last, boolean onWire, String spi, long sequence) {}

    /**
     * Compares three lists.
     *
     * @param sent datagrams that were sent, numbered from 0
     * @param arrivals the numbers of those that arrived, in the order in which they did
     */
    public static Attribution of(int sent, Sightings wire, int[] arrivals) {
        int[] crossing = new int[sent];
        Arrays.fill(crossing, NEVER);
        int reorderedBefore = 0;
        int highest = -1;
        for (int i = 0; i < wire.size(); i++) {
            int number = wire.number(i);
            if (number < sent && crossing[number] == NEVER) {
                crossing[number] = i;
                reorderedBefore += number < highest ? 1 : 0;
                highest = Math.max(highest, number);
            }
        }
        boolean[] arrived = new boolean[sent];
        int received = 0;
        int unseen = 0;
        int reorderedAfter = 0;
        int latest = -1;
        for (int number : arrivals) {
            if (arrived[number]) {
                continue;
            }
            arrived[number] = true;
            received++;
            unseen += crossing[number] == NEVER ? 1 : 0;
            reorderedAfter += crossing[number] != NEVER && crossing[number] < latest ? 1 : 0;
            latest = Math.max(latest, crossing[number]);
        }
        List<Loss> losses = losses(sent, wire, crossing, arrived);
        int after = losses.stream()
                .filter(Loss::onWire)
                .mapToInt(Attribution::count)
                .sum();
        return new Attribution(
                sent,
                received,
                arrivals.length - received,
                sent - received - after,
                after,
                reorderedBefore,
                reorderedAfter,
                unseen,
                losses);
    }

    private static int count(Loss loss) {
        return loss.last() - loss.first() + 1;
    }

    private static List<Loss> losses(int sent, Sightings wire, int[] crossing, boolean[] arrived) {
        List<Loss> losses = new ArrayList<>();
        for (int number = 0; number < sent; number++) {
            if (!arrived[number]) {
                int at = crossing[number];
                boolean onWire = at != NEVER;
                String spi = onWire ? String.format("%08x", wire.spi(at)) : "";
                long sequence = onWire ? Integer.toUnsignedLong(wire.sequence(at)) : 0;
                Loss before = losses.isEmpty() ? null : losses.getLast();
                if (before != null
                        && before.last() == number - 1
                        && before.onWire() == onWire
                        && before.spi().equals(spi)) {
                    losses.set(losses.size() - 1, new Loss(before.first(), number, onWire, spi, before.sequence()));
                } else {
                    losses.add(new Loss(number, number, onWire, spi, sequence));
                }
            }
        }
        return List.copyOf(losses);
    }

    /** Tells whether nothing was lost and nothing overtaken anywhere. */
    public boolean clean() {
        return lostBeforeWire + lostAfterWire + reorderedBeforeWire + reorderedAfterWire + duplicated == 0;
    }
}
