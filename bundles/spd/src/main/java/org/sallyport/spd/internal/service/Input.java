package org.sallyport.spd.internal.service;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.sallyport.api.login.Login;
import org.sallyport.api.policy.PolicySet;
import org.sallyport.spd.internal.config.ConfigurationFile;

/**
 * What a generation is made of. Immutable.
 *
 * @param files what an administrator wrote
 * @param provided what other providers contribute
 * @param assigned the addresses that peers assigned to this host, by the peers' names
 * @param logins who is logged in at this host; empty while that is not known
 */
record Input(
        List<ConfigurationFile> files,
        List<PolicySet> provided,
        Map<String, List<InetAddress>> assigned,
        Optional<Set<Login>> logins) {
    static final Input NOTHING = new Input(List.of(), List.of(), Map.of(), Optional.empty());

    Input {
        files = List.copyOf(files);
        provided = List.copyOf(provided);
        assigned = Map.copyOf(assigned);
        logins = logins.map(Set::copyOf);
    }

    /** Tells whether both make the same generation, in whatever order they were collected. */
    boolean sameAs(Input other) {
        return sameFiles(other)
                && sameProvided(other)
                && assigned.equals(other.assigned)
                && logins.equals(other.logins);
    }

    boolean sameProvided(Input other) {
        return new HashSet<>(provided).equals(new HashSet<>(other.provided));
    }

    private boolean sameFiles(Input other) {
        return new HashSet<>(files).equals(new HashSet<>(other.files));
    }

    /** Returns the names of files and providers in which the two differ, ordered. */
    List<String> differing(Input other) {
        Set<String> names = new TreeSet<>();
        beyond(other, names);
        other.beyond(this, names);
        return List.copyOf(names);
    }

    private void beyond(Input other, Set<String> names) {
        Set<ConfigurationFile> othersFiles = new HashSet<>(other.files);
        files.stream().filter(f -> !othersFiles.contains(f)).forEach(f -> names.add(f.file()));
        Set<PolicySet> othersProvided = new HashSet<>(other.provided);
        provided.stream().filter(s -> !othersProvided.contains(s)).forEach(s -> names.add(s.provider()));
    }
}
