package org.sallyport.shell.internal;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IkeSaId;

/** Finds SAs by what people call them. */
final class Names {
    static final String ALL = "all";

    private Names() {}

    /** A lineage with the policy it stands under. */
    record Named(ChildSaId lineage, String policy) {}

    /** Finds lineages by "all", connection, policy, number, full name or inbound SPI. */
    static List<Named> sas(List<ChildSaView> views, String name) {
        List<Named> found = views.stream()
                .filter(v -> sa(v, name))
                .map(v -> new Named(v.lineage(), v.policy()))
                .distinct()
                .sorted(Comparator.comparing(n -> n.lineage().number()))
                .toList();
        return required(found, name, "security association", saNames(views));
    }

    /** Finds IKE SAs by "all", connection, number or full name. */
    static List<IkeSaId> ikeSas(List<IkeSaView> views, String name) {
        List<IkeSaId> found = views.stream()
                .map(IkeSaView::id)
                .filter(id -> name.equals(ALL)
                        || name.equals(id.connection().name())
                        || name.equals(Long.toString(id.number()))
                        || name.equals(id.toString()))
                .toList();
        return required(found, name, "IKE SA", ikeNames(views));
    }

    static List<String> saNames(List<ChildSaView> views) {
        return names(views.stream()
                .flatMap(v -> Stream.of(
                        v.lineage().ikeSa().connection().name(),
                        v.policy(),
                        Long.toString(v.lineage().number()))));
    }

    static List<String> ikeNames(List<IkeSaView> views) {
        return names(
                views.stream().flatMap(v -> Stream.of(v.id().connection().name(), Long.toString(v.id().number()))));
    }

    private static List<String> names(Stream<String> names) {
        return Stream.concat(Stream.of(ALL), names.distinct().sorted()).toList();
    }

    private static boolean sa(ChildSaView view, String name) {
        ChildSaId lineage = view.lineage();
        return name.equals(ALL)
                || name.equals(lineage.ikeSa().connection().name())
                || name.equals(view.policy())
                || name.equals(Long.toString(lineage.number()))
                || name.equals(lineage.toString())
                || name.equals(view.inbound().toString());
    }

    private static <T> List<T> required(List<T> found, String name, String what, List<String> known) {
        if (!found.isEmpty() || name.equals(ALL)) {
            return found;
        }
        String accepted = known.size() == 1 ? "there is none" : "there are: " + String.join(", ", known);
        throw new SentenceException("No " + what + " is called \"" + name + "\"; " + accepted + ".");
    }
}
