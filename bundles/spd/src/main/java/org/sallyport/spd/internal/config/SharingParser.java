package org.sallyport.spd.internal.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.sallyport.api.policy.Sharing;
import org.sallyport.api.sa.Share;

/** Reads which packets of a policy go by Child SAs of their own: {@code dscp-sas} and {@code worker-sas}. */
final class SharingParser {
    static final String BY_DSCP = "dscp-sas";
    static final String BY_WORKER = "worker-sas";

    private static final String GROUPS = "none, or groups of DSCPs with semicolons between, such as ef; af41 af42, each"
            + " DSCP once, as a number from 0 to 63 or a name: cs0 to cs7, af11 to af43, ef, voice-admit, le";

    private enum Switch {
        ON,
        OFF
    }

    private SharingParser() {}

    static Sharing sharing(Keys keys) {
        List<Set<Integer>> groups = keys.read(BY_DSCP, List.<Set<Integer>>of(), GROUPS, SharingParser::groups);
        boolean byWorker = keys.word(BY_WORKER, Switch.class, false).orElse(Switch.OFF) == Switch.ON;
        if (byWorker && !groups.isEmpty()) {
            keys.refuse(BY_WORKER, "accepted: off, because the policy has " + BY_DSCP + "; or on without that");
            return Sharing.NONE;
        }
        return new Sharing(groups, byWorker);
    }

    private static List<Set<Integer>> groups(String text) {
        if (text.equals("none")) {
            return List.of();
        }
        List<Set<Integer>> groups = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        for (String group : text.split(";", -1)) {
            groups.add(group(group.strip(), seen));
        }
        if (groups.size() > Share.MOST) {
            throw new IllegalArgumentException("there are more than " + Share.MOST);
        }
        return groups;
    }

    private static Set<Integer> group(String text, Set<Integer> seen) {
        Set<Integer> group = new HashSet<>();
        for (String word :
                Arrays.stream(text.split("[\\s,]+")).filter(w -> !w.isEmpty()).toList()) {
            OptionalInt dscp = DscpText.parse(word);
            int value = dscp.orElseThrow(() -> new IllegalArgumentException("\"" + word + "\" is none"));
            if (!seen.add(value)) {
                throw new IllegalArgumentException("\"" + word + "\" is there twice");
            }
            group.add(value);
        }
        if (group.isEmpty()) {
            throw new IllegalArgumentException("a group is empty");
        }
        return group;
    }
}
