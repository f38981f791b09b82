package org.sallyport.spd.internal.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sallyport.linux.netlink.Rule;

/**
 * Gives blocks of rules their priorities, so that they stand in their order and those that stood before stay where they
 * were: then one changed policy changes its own rules and no others. Immutable.
 *
 * @param placed in their order
 */
record RulePlaces(List<Placed> placed) {
    static final RulePlaces NONE = new RulePlaces(List.of());

    /** Priority of the first rule: after "local", before everything else. */
    static final int FIRST = 100;

    /** Where everything goes on that is led past our rules; before "main". */
    static final int END = 32_000;

    /** Room that is left between blocks, for those that come later. */
    private static final int ROOM = 16;

    /**
     * A block in its place.
     *
     * @param base priority of its first rule
     * @param block its rules with priorities, and targets within the block, from 0 on
     */
    record Placed(int base, List<Rule> block) {
        int end() {
            return base + size(block);
        }
    }

    RulePlaces {
        placed = List.copyOf(placed);
    }

    /**
     * Places blocks of one family.
     *
     * @throws IllegalArgumentException when there is no room for so many
     */
    RulePlaces next(List<List<Rule>> blocks) {
        int total = blocks.stream().mapToInt(RulePlaces::size).sum();
        if (total > END - FIRST) {
            throw new IllegalArgumentException("the policies come to " + total + " routing rules, and " + (END - FIRST)
                    + " are possible; fewer policies, or networks in place of ranges, come to fewer");
        }
        int[] kept = kept(blocks);
        List<Placed> result = new ArrayList<>();
        int free = FIRST;
        int at = 0;
        while (at < blocks.size()) {
            int run = at;
            while (run < blocks.size() && kept[run] < 0) {
                run++;
            }
            int limit = run < blocks.size() ? placed.get(kept[run]).base : END;
            if (!place(blocks.subList(at, run), free, limit, result)) {
                result.clear();
                place(blocks, FIRST, END, result);
                return new RulePlaces(result);
            }
            if (run < blocks.size()) {
                result.add(placed.get(kept[run]));
                free = result.getLast().end();
                run++;
            }
            at = run;
        }
        return new RulePlaces(result);
    }

    /** Places blocks between two priorities, with room between them, if they fit. */
    private static boolean place(List<List<Rule>> blocks, int from, int limit, List<Placed> result) {
        int needed = blocks.stream().mapToInt(RulePlaces::size).sum();
        if (from + needed > limit) {
            return false;
        }
        int room = Math.min(ROOM, (limit - from - needed) / (blocks.size() + 1));
        int base = from == FIRST ? from : from + room;
        for (List<Rule> block : blocks) {
            result.add(new Placed(base, block));
            base += size(block) + room;
        }
        return true;
    }

    /** Returns for each block which of those that stand it is, or -1: as many as keep their order among themselves. */
    private int[] kept(List<List<Rule>> blocks) {
        Map<String, Deque<Integer>> standing = new HashMap<>();
        for (int i = 0; i < placed.size(); i++) {
            standing.computeIfAbsent(placed.get(i).block.toString(), k -> new ArrayDeque<>())
                    .add(i);
        }
        int[] match = new int[blocks.size()];
        for (int i = 0; i < match.length; i++) {
            Integer found = standing.getOrDefault(blocks.get(i).toString(), new ArrayDeque<>())
                    .poll();
            match[i] = found == null ? -1 : found;
        }
        return longestRising(match);
    }

    /** Keeps a longest rising sequence of the numbers that are not negative, and turns the others into -1. */
    private static int[] longestRising(int[] numbers) {
        int[] tails = new int[numbers.length];
        int[] before = new int[numbers.length];
        int length = 0;
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] < 0) {
                continue;
            }
            int low = 0;
            int high = length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (numbers[tails[middle]] < numbers[i]) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            before[i] = low > 0 ? tails[low - 1] : -1;
            tails[low] = i;
            length = Math.max(length, low + 1);
        }
        int[] result = new int[numbers.length];
        Arrays.fill(result, -1);
        for (int i = length > 0 ? tails[length - 1] : -1; i >= 0; i = before[i]) {
            result[i] = numbers[i];
        }
        return result;
    }

    private static int size(List<Rule> block) {
        return block.isEmpty() ? 0 : block.getLast().priority() + 1;
    }

    /** Returns the rules with their priorities and targets. */
    List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (Placed place : placed) {
            place.block.forEach(rule -> rules.add(moved(rule, place.base)));
        }
        return rules;
    }

    private static Rule moved(Rule rule, int base) {
        Rule.Builder builder = Rule.builder(rule.family(), base + rule.priority())
                .protocol(rule.protocol())
                .source(rule.source().orElse(null))
                .destination(rule.destination().orElse(null))
                .mark(rule.mark(), rule.markMask())
                .ipProtocol(rule.ipProtocol())
                .sourcePorts(rule.sourcePorts().orElse(null))
                .destinationPorts(rule.destinationPorts().orElse(null))
                .inputInterface(rule.inputInterface().orElse(null));
        return (switch (rule.action()) {
                    case LOOKUP -> builder.lookup(rule.table());
                    case GOTO -> builder.goTo(rule.target() == END ? END : base + rule.target());
                    default -> builder.action(rule.action());
                })
                .build();
    }
}
