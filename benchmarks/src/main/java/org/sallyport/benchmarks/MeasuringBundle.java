package org.sallyport.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A bundle that is part of no distribution: a measurement makes it and has an appliance install it. Immutable.
 *
 * @param name behind {@code org.sallyport.benchmarks.}
 * @param classes what is in it
 * @param imports packages, with commas between
 * @param component a Declarative Services component, as XML
 */
public record MeasuringBundle(String name, List<Class<?>> classes, String imports, String component) {
    private static final String COMPONENT = "OSGI-INF/component.xml";

    public MeasuringBundle {
        classes = List.copyOf(classes);
    }

    /** Writes the bundle into a folder. */
    public Path write(Path folder) {
        Path file = folder.resolve(name + ".jar");
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest())) {
            add(jar, COMPONENT, component.getBytes(StandardCharsets.UTF_8));
            for (Class<?> each : classes) {
                String entry = each.getName().replace('.', '/') + ".class";
                try (InputStream in = each.getResourceAsStream("/" + entry)) {
                    add(jar, entry, in.readAllBytes());
                }
            }
            return file;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Manifest manifest() {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "org.sallyport.benchmarks." + name);
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue("Import-Package", imports);
        main.putValue("Service-Component", COMPONENT);
        main.putValue(
                "Require-Capability",
                "osgi.extender;filter:=\"(&(osgi.extender=osgi.component)(version>=1.4.0)(!(version>=2.0.0)))\"");
        return manifest;
    }

    private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        jar.write(content);
        jar.closeEntry();
    }
}
