package org.sallyport.spd.internal.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.sallyport.spd.internal.match.Box;
import org.sallyport.spd.internal.match.SelectorTree;
import org.sallyport.spd.internal.match.TreeBuilder;

/**
 * Ordered entries in as few layers as possible: no packet is in two entries of one layer, and of two entries that a
 * packet is in, the one that is asked first is in the earlier layer. So layers are asked in their order, and within a
 * layer the order does not matter any more: it can be a set. This is RFC 4301's decorrelation (section 4.4.1 and
 * appendix B) without splitting an entry.
 */
final class Layers {
    private Layers() {}

    /**
     * Makes the layers.
     *
     * @param entries in the order in which they are asked
     * @param ipv4 tells an entry's family
     * @param box gives the packets of an entry the order that it is called with
     * @param apart tells of two entries whose boxes overlap that no packet is in both nevertheless
     */
    static <E> List<List<E>> of(
            List<E> entries, Predicate<E> ipv4, BiFunction<E, Integer, Box> box, BiPredicate<E, E> apart) {
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            boxes.add(box.apply(entries.get(i), i));
        }
        SelectorTree ipv4Tree = tree(entries, boxes, ipv4, true);
        SelectorTree ipv6Tree = tree(entries, boxes, ipv4.negate(), false);
        int[] layers = new int[entries.size()];
        List<List<E>> result = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            int at = i;
            E entry = entries.get(i);
            (ipv4.test(entry) ? ipv4Tree : ipv6Tree).earlierOverlaps(boxes.get(i), earlier -> {
                if (layers[earlier] >= layers[at] && !apart.test(entry, entries.get(earlier))) {
                    layers[at] = layers[earlier] + 1;
                }
                return true;
            });
            while (result.size() <= layers[i]) {
                result.add(new ArrayList<>());
            }
            result.get(layers[i]).add(entry);
        }
        return result;
    }

    private static <E> SelectorTree tree(List<E> entries, List<Box> boxes, Predicate<E> family, boolean ipv4) {
        List<Box> ofFamily =
                boxes.stream().filter(b -> family.test(entries.get(b.order()))).toList();
        return TreeBuilder.build(ofFamily, ipv4);
    }
}
