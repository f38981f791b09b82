package org.sallyport.spd.internal.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.sallyport.spd.internal.match.Box.Number128;

/**
 * Makes a tree. A group of boxes is parted, in the dimension that parts it best, into those below a place, those above
 * and those across it; where no place parts it, because all boxes have something in common, by the middles of the boxes.
 * Not thread safe.
 */
public final class TreeBuilder {
    private static final int REMOTE = 0;
    private static final int LOCAL = 1;
    private static final int REMOTE_PORT = 2;
    private static final int LOCAL_PORT = 3;
    private static final int PROTOCOL = 4;
    private static final int DIMENSIONS = 5;

    /** How many boxes are looked at to find a good place. */
    private static final int SAMPLE = 63;

    private final Box[] boxes;
    private final int[][] first = new int[DIMENSIONS][];
    private final int[][] last = new int[DIMENSIONS][];
    private final int words;
    private long[] rows;
    private int used;

    private TreeBuilder(List<Box> list, boolean ipv4) {
        boxes = list.toArray(Box[]::new);
        words = ipv4 ? SelectorTree.IPV4_WORDS : SelectorTree.IPV6_WORDS;
        rows = new long[words * (boxes.length + boxes.length / 2 + SelectorTree.FANOUT)];
        rankAddresses(REMOTE, Box::remoteFirst, Box::remoteLast);
        rankAddresses(LOCAL, Box::localFirst, Box::localLast);
        numbers(REMOTE_PORT, Box::remotePortFirst, Box::remotePortLast);
        numbers(LOCAL_PORT, Box::localPortFirst, Box::localPortLast);
        numbers(PROTOCOL, Box::protocolFirst, Box::protocolLast);
    }

    /**
     * Makes the tree of these boxes.
     *
     * @param boxes of one address family, in the order in which they are asked
     */
    public static SelectorTree build(List<Box> boxes, boolean ipv4) {
        return new TreeBuilder(boxes, ipv4).build();
    }

    private SelectorTree build() {
        int[] all = new int[boxes.length];
        Arrays.setAll(all, i -> i);
        List<int[]> roots = all.length == 0 ? List.of() : groups(all);
        write(reserve(roots.size()), roots);
        return new SelectorTree(Arrays.copyOf(rows, used * words), words, roots.size());
    }

    /** Only the sequence of addresses matters for parting them, so they become their places in it. */
    private void rankAddresses(int dimension, Function<Box, Number128> lowEnd, Function<Box, Number128> highEnd) {
        Number128[] ends = new Number128[2 * boxes.length];
        for (int i = 0; i < boxes.length; i++) {
            ends[2 * i] = lowEnd.apply(boxes[i]);
            ends[2 * i + 1] = highEnd.apply(boxes[i]);
        }
        Arrays.sort(ends);
        numbers(dimension, box -> rank(ends, lowEnd.apply(box)), box -> rank(ends, highEnd.apply(box)));
    }

    /** Returns the place of the first of equal ones. */
    private static int rank(Number128[] sorted, Number128 number) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle].compareTo(number) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void numbers(int dimension, ToIntFunction<Box> lowEnd, ToIntFunction<Box> highEnd) {
        first[dimension] = Arrays.stream(boxes).mapToInt(lowEnd).toArray();
        last[dimension] = Arrays.stream(boxes).mapToInt(highEnd).toArray();
    }

    private int reserve(int count) {
        int start = used;
        used += count;
        if (used * words > rows.length) {
            rows = Arrays.copyOf(rows, Math.max(used * words, rows.length * 2));
        }
        return start;
    }

    /** Writes the rows of a node's children, and of everything below them; the lowest order first. */
    private void write(int start, List<int[]> groups) {
        int row = start;
        for (int[] group : groups) {
            if (group.length == 1) {
                boxes[group[0]].write(rows, row * words, words, 0);
            } else {
                List<int[]> below = groups(group);
                int children = reserve(below.size());
                around(group)
                        .write(rows, row * words, words, (long) children << SelectorTree.COUNT_BITS | below.size());
                write(children, below);
            }
            row++;
        }
    }

    private Box around(int[] group) {
        Box box = boxes[group[0]];
        for (int i : group) {
            box = box.union(boxes[i]);
        }
        return box;
    }

    /** Parts the largest group again and again until there are as many as a node has children. */
    private List<int[]> groups(int[] all) {
        List<int[]> groups = new ArrayList<>(List.of(all));
        while (true) {
            int[] largest = groups.getFirst();
            for (int[] group : groups) {
                largest = group.length > largest.length ? group : largest;
            }
            if (largest.length == 1) {
                break;
            }
            List<int[]> parts = part(largest, SelectorTree.FANOUT - groups.size() + 1);
            if (parts.isEmpty()) {
                break;
            }
            groups.remove(largest);
            groups.addAll(parts);
        }
        groups.sort(Comparator.comparingInt(group -> boxes[group[0]].order()));
        return groups;
    }

    /** Parts a group in two or three, at most so many; in none when that is impossible. */
    private List<int[]> part(int[] group, int most) {
        if (most < 2) {
            return List.of();
        }
        if (group.length <= most) {
            return Arrays.stream(group).mapToObj(i -> new int[] {i}).toList();
        }
        int dimension = -1;
        int place = 0;
        int fewest = group.length - group.length / 8;
        for (int d = 0; d < DIMENSIONS; d++) {
            int middle = middle(group, d);
            int toSearch = most < 3 ? group.length : toSearch(group, d, middle);
            if (toSearch < fewest) {
                fewest = toSearch;
                dimension = d;
                place = middle;
            }
        }
        return dimension < 0 ? halves(group) : parts(group, dimension, place);
    }

    private int middle(int[] group, int dimension) {
        int[] middles = sampledMiddles(group, dimension);
        return (middles[middles.length / 2] + 1) / 2;
    }

    /** Returns twice the middles of some boxes, sorted. */
    private int[] sampledMiddles(int[] group, int dimension) {
        int count = Math.min(SAMPLE, group.length);
        int[] middles = new int[count];
        for (int i = 0; i < count; i++) {
            int box = group[(int) ((long) i * group.length / count)];
            middles[i] = first[dimension][box] + last[dimension][box];
        }
        Arrays.sort(middles);
        return middles;
    }

    /** Returns 0 for what lies below the place, 1 for what lies above, 2 for what lies across. */
    private int side(int box, int dimension, int place) {
        if (last[dimension][box] < place) {
            return 0;
        }
        return first[dimension][box] >= place ? 1 : 2;
    }

    /** Returns how many boxes a search has left after the place at worst: those of one side, and those across it. */
    private int toSearch(int[] group, int dimension, int place) {
        int[] counts = new int[3];
        for (int box : group) {
            counts[side(box, dimension, place)]++;
        }
        return Math.max(counts[0], counts[1]) + counts[2];
    }

    private List<int[]> parts(int[] group, int dimension, int place) {
        List<int[]> parts = new ArrayList<>();
        for (int wanted = 0; wanted < 3; wanted++) {
            int side = wanted;
            int[] part = Arrays.stream(group)
                    .filter(box -> side(box, dimension, place) == side)
                    .toArray();
            if (part.length > 0) {
                parts.add(part);
            }
        }
        return parts;
    }

    /** The half with the lower middles in the dimension where they differ most, and the other one. */
    private List<int[]> halves(int[] group) {
        int dimension = 0;
        long widest = -1;
        for (int d = 0; d < DIMENSIONS; d++) {
            long different = Arrays.stream(sampledMiddles(group, d)).distinct().count();
            if (different > widest) {
                widest = different;
                dimension = d;
            }
        }
        int d = dimension;
        int[] sorted = Arrays.stream(group)
                .boxed()
                .sorted(Comparator.comparingInt(box -> first[d][box] + last[d][box]))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] lower = Arrays.copyOf(sorted, sorted.length / 2);
        int[] upper = Arrays.copyOfRange(sorted, sorted.length / 2, sorted.length);
        Arrays.sort(lower);
        Arrays.sort(upper);
        return List.of(lower, upper);
    }
}
