package org.sallyport.itests;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a bundle may touch of another: the exported packages of the contracts, of {@code linux} and of {@code crypto}.
 * Read from what was built, manifests and class files, not from what a build file says about it.
 */
final class BundleBoundaries {
    private static final String OURS = "org.sallyport.";
    private static final Pattern SHARED = Pattern.compile("org\\.sallyport\\.(?:api-[a-z-]+|linux|crypto)");
    private static final Pattern NAMED = Pattern.compile("\\bL?(org/sallyport/[a-z0-9_/]+)/[A-Za-z0-9_$]+");
    private static final Pattern CLAUSE = Pattern.compile("([^,;\"]+)((?:;(?:[^,;\"]|\"[^\"]*\")*)*)(?:,|$)");

    /** A built bundle. */
    private record Bundle(String name, Attributes manifest, Map<String, Set<String>> referencesByPackage) {
        Set<String> packages() {
            return referencesByPackage.keySet();
        }

        Map<String, String> clauses(String header) {
            Map<String, String> clauses = new LinkedHashMap<>();
            String value = manifest.getValue(header);
            Matcher matcher = CLAUSE.matcher(value == null ? "" : value);
            while (matcher.find()) {
                clauses.put(matcher.group(1).strip(), matcher.group(2));
            }
            return clauses;
        }
    }

    private final List<Bundle> bundles;
    private final Map<String, Bundle> home = new HashMap<>();

    private BundleBoundaries(List<Bundle> bundles) {
        this.bundles = bundles;
        bundles.forEach(bundle -> bundle.packages().forEach(name -> home.put(name, bundle)));
    }

    /** Reads bundles. */
    static BundleBoundaries of(Collection<Path> jars) {
        return new BundleBoundaries(jars.stream().map(BundleBoundaries::read).toList());
    }

    /** How many bundles were read. */
    int size() {
        return bundles.size();
    }

    /** Every boundary that is crossed, in words. */
    List<String> violations() {
        List<String> found = new ArrayList<>();
        for (Bundle bundle : bundles) {
            exports(bundle, found);
            imports(bundle, found);
            references(bundle, found);
        }
        return found;
    }

    private static void exports(Bundle bundle, List<String> found) {
        bundle.clauses("Export-Package").forEach((name, attributes) -> {
            if ((name + ".").contains(".internal.")) {
                found.add(bundle.name() + " exports " + name + ": what is internal stays inside");
            }
            if (name.startsWith(OURS) && !attributes.contains("version=")) {
                found.add(bundle.name() + " exports " + name + " without a version");
            }
        });
    }

    private void imports(Bundle bundle, List<String> found) {
        if (bundle.manifest().getValue("DynamicImport-Package") != null) {
            found.add(bundle.name() + " imports packages dynamically");
        }
        bundle.clauses("Import-Package").forEach((name, attributes) -> {
            if (attributes.contains("resolution:=optional") || attributes.contains("resolution:=\"optional\"")) {
                found.add(bundle.name() + " imports " + name + " optionally");
            }
            if (name.startsWith(OURS)) {
                touch(bundle, name, "imports").ifPresent(found::add);
            }
        });
    }

    private void references(Bundle bundle, List<String> found) {
        Set<String> seen = new TreeSet<>();
        bundle.referencesByPackage().values().forEach(seen::addAll);
        seen.stream().filter(name -> !bundle.packages().contains(name)).forEach(name -> touch(bundle, name, "refers to")
                .ifPresent(found::add));
    }

    private Optional<String> touch(Bundle bundle, String name, String verb) {
        Bundle owner = home.get(name);
        if (owner == null || owner.name().equals(bundle.name())) {
            return Optional.empty();
        }
        boolean exported = owner.clauses("Export-Package").containsKey(name);
        return exported && SHARED.matcher(owner.name()).matches()
                ? Optional.empty()
                : Optional.of("%s %s %s, which is inside %s".formatted(bundle.name(), verb, name, owner.name()));
    }

    private static Bundle read(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes manifest = file.getManifest().getMainAttributes();
            String declared = manifest.getValue("Bundle-SymbolicName");
            String name = declared == null ? jar.getFileName().toString() : declared.replaceAll(";.*", "");
            Map<String, Set<String>> references = new HashMap<>();
            for (JarEntry entry : file.stream()
                    .filter(entry -> entry.getName().endsWith(".class"))
                    .filter(entry -> entry.getName().startsWith("org/sallyport/"))
                    .toList()) {
                String within = entry.getName()
                        .substring(0, entry.getName().lastIndexOf('/'))
                        .replace('/', '.');
                try (InputStream content = file.getInputStream(entry)) {
                    references.computeIfAbsent(within, any -> new TreeSet<>()).addAll(names(content.readAllBytes()));
                }
            }
            return new Bundle(name, manifest, references);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The packages of ours that a class names, in code, in signatures and in annotations. */
    private static Set<String> names(byte[] classFile) {
        Set<String> packages = new TreeSet<>();
        for (PoolEntry entry : ClassFile.of().parse(classFile).constantPool()) {
            String text =
                    switch (entry) {
                        case ClassEntry type -> "L" + type.asInternalName();
                        case Utf8Entry utf8 when utf8.stringValue().contains("Lorg/sallyport/") -> utf8.stringValue();
                        default -> "";
                    };
            Matcher matcher = NAMED.matcher(text);
            while (matcher.find()) {
                packages.add(matcher.group(1).replace('/', '.'));
            }
        }
        return packages;
    }
}
