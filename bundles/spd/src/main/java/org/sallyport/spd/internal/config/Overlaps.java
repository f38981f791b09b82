package org.sallyport.spd.internal.config;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.sallyport.api.admin.ConfigurationWarning;
import org.sallyport.api.admin.ConfigurationWarning.Kind;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Policy;
import org.sallyport.spd.internal.match.Box;
import org.sallyport.spd.internal.match.SelectorTree;
import org.sallyport.spd.internal.match.TreeBuilder;

/**
 * Finds policies that never decide, because those that are asked before take all that they are for, and those that
 * decide in part only, because some before them do something else with the rest. The order is the administrator's (RFC
 * 4301 section 4.4.1), so neither is a mistake.
 *
 * <p>How much is looked at is bounded for each policy: one that hundreds of others overlap, or whose rest falls into very
 * many pieces, may be shadowed without being reported.
 */
final class Overlaps {
    /** Earlier selectors that are looked at for one. */
    private static final int MOST_EARLIER = 200;

    /** Pieces that a selector may fall into while others are taken from it. */
    private static final int MOST_PIECES = 500;

    /** Earlier policies that a warning names. */
    private static final int NAMED = 3;

    private final List<Policy> policies;
    private final List<Box> boxes = new ArrayList<>();
    private final List<Policy> policyOfBox = new ArrayList<>();
    private final Map<Policy, Integer> places = new HashMap<>();
    private final BitSet isIpv4 = new BitSet();
    private final List<Box> ipv4 = new ArrayList<>();
    private final List<Box> ipv6 = new ArrayList<>();

    private Overlaps(List<Policy> policies) {
        this.policies = policies;
        for (Policy policy : policies) {
            places.put(policy, places.size());
            for (TrafficSelector local : policy.selectors().local()) {
                for (TrafficSelector remote : policy.selectors().remote()) {
                    Box.of(boxes.size(), false, local, remote)
                            .ifPresent(box -> add(policy, box, local.addresses().isIpv4()));
                }
            }
        }
    }

    private void add(Policy policy, Box box, boolean ofIpv4) {
        isIpv4.set(boxes.size(), ofIpv4);
        boxes.add(box);
        policyOfBox.add(policy);
        (ofIpv4 ? ipv4 : ipv6).add(box);
    }

    /**
     * Finds them.
     *
     * @param policies in the order in which they are asked
     * @param fileOf tells where a policy of this name comes from
     */
    static List<ConfigurationWarning> of(List<Policy> policies, UnaryOperator<String> fileOf) {
        return new Overlaps(policies).find(fileOf);
    }

    private List<ConfigurationWarning> find(UnaryOperator<String> fileOf) {
        SelectorTree ipv4Tree = TreeBuilder.build(ipv4, true);
        SelectorTree ipv6Tree = TreeBuilder.build(ipv6, false);
        List<ConfigurationWarning> warnings = new ArrayList<>();
        int box = 0;
        for (Policy policy : policies) {
            boolean shadowed = true;
            SortedSet<Integer> shadowing = new TreeSet<>();
            SortedSet<Integer> others = new TreeSet<>();
            int first = box;
            for (; box < boxes.size() && policyOfBox.get(box) == policy; box++) {
                SelectorTree tree = isIpv4.get(box) ? ipv4Tree : ipv6Tree;
                List<Box> earlier = earlier(tree, boxes.get(box), policy);
                shadowed &= isCovered(boxes.get(box), earlier, policy, shadowing);
                earlier.stream()
                        .map(e -> policyOfBox.get(e.order()))
                        .filter(p -> p.action() != policy.action())
                        .forEach(p -> others.add(places.get(p)));
            }
            if (box > first && shadowed) {
                warnings.add(warning(Kind.SHADOWED, policy, shadowing, fileOf));
            } else if (!others.isEmpty()) {
                warnings.add(warning(Kind.OVERLAPPING, policy, others, fileOf));
            }
        }
        return warnings;
    }

    /** Returns boxes of other policies that are asked before and can meet the same packets. */
    private List<Box> earlier(SelectorTree tree, Box box, Policy policy) {
        List<Box> earlier = new ArrayList<>();
        tree.earlierOverlaps(box, order -> {
            Policy other = policyOfBox.get(order);
            boolean apart = policy.networkInterface().isPresent()
                    && other.networkInterface().isPresent()
                    && !policy.networkInterface().equals(other.networkInterface());
            if (other != policy && !apart) {
                earlier.add(boxes.get(order));
            }
            return earlier.size() < MOST_EARLIER;
        });
        return earlier;
    }

    /** Takes the earlier boxes from it one after the other, and looks whether anything is left. */
    private boolean isCovered(Box box, List<Box> earlier, Policy policy, SortedSet<Integer> shadowing) {
        List<Box> rest = List.of(box);
        for (Box taken : earlier) {
            Policy other = policyOfBox.get(taken.order());
            boolean everywhere = other.names().isAnybody()
                    && (other.networkInterface().isEmpty()
                            || other.networkInterface().equals(policy.networkInterface()));
            if (!everywhere) {
                continue;
            }
            List<Box> pieces = new ArrayList<>();
            boolean took = false;
            for (Box piece : rest) {
                took |= piece.meets(taken);
                pieces.addAll(piece.without(taken));
            }
            rest = pieces;
            if (took) {
                shadowing.add(places.get(other));
            }
            if (rest.isEmpty() || rest.size() > MOST_PIECES) {
                break;
            }
        }
        return rest.isEmpty();
    }

    private ConfigurationWarning warning(
            Kind kind, Policy policy, SortedSet<Integer> earlier, UnaryOperator<String> fileOf) {
        List<String> names = earlier.stream()
                .limit(NAMED)
                .map(place -> policies.get(place).name())
                .toList();
        return new ConfigurationWarning(
                kind,
                policy.name(),
                fileOf.apply(policy.name()),
                names,
                names.stream().map(fileOf).toList(),
                earlier.size() > NAMED);
    }
}
