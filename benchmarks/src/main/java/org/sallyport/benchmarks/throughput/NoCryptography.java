package org.sallyport.benchmarks.throughput;

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
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.MemoryAead;
import org.sallyport.crypto.TransformId;

/**
 * Calls itself AES-GCM with keys of 128 bits and does nothing, so that all else can be measured. It is part of no
 * distribution: {@link #bundle} makes it where it is needed.
 */
public final class NoCryptography implements CryptoProvider {
    private static final String COMPONENT = "OSGI-INF/component.xml";

    /** Made by Declarative Services. */
    public NoCryptography() {}

    @Override
    public String name() {
        return "no-cryptography";
    }

    @Override
    public List<Offer> offers() {
        return List.of(new Offer(new Nothing(), 0));
    }

    private static final class Nothing implements MemoryAead {
        @Override
        public TransformId transform() {
            return TransformId.encr(TransformId.ENCR_AES_GCM_16, 128);
        }

        @Override
        public int keyLength() {
            return 16;
        }

        @Override
        public int saltLength() {
            return 4;
        }

        @Override
        public int ivLength() {
            return 8;
        }

        @Override
        public int icvLength() {
            return 16;
        }

        @Override
        public Keyed withKey(SecretBytes keyAndSalt) {
            throw new UnsupportedOperationException("this is for packets alone");
        }

        @Override
        public KeyedMemory withKeyForMemory(SecretBytes keyAndSalt) {
            return new Untouched();
        }
    }

    private static final class Untouched implements MemoryAead.KeyedMemory {
        @Override
        public void seal(long iv, long associated, int associatedLength, long text, int textLength) {}

        @Override
        public boolean open(long iv, long associated, int associatedLength, long text, int textLength) {
            return true;
        }

        @Override
        public void close() {}
    }

    /** Writes the bundle. */
    static Path bundle(Path folder) {
        Path file = folder.resolve("no-cryptography.jar");
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest())) {
            add(jar, COMPONENT, component().getBytes(StandardCharsets.UTF_8));
            for (Class<?> each : List.of(NoCryptography.class, Nothing.class, Untouched.class)) {
                String entry = each.getName().replace('.', '/') + ".class";
                try (InputStream in = NoCryptography.class.getResourceAsStream("/" + entry)) {
                    add(jar, entry, in.readAllBytes());
                }
            }
            return file;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Manifest manifest() {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "org.sallyport.benchmarks.no-cryptography");
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue("Import-Package", "org.sallyport.crypto,org.sallyport.api.secret");
        main.putValue("Service-Component", COMPONENT);
        main.putValue(
                "Require-Capability",
                "osgi.extender;filter:=\"(&(osgi.extender=osgi.component)(version>=1.4.0)(!(version>=2.0.0)))\"");
        return manifest;
    }

    private static String component() {
        return """
                <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" name="no-cryptography" immediate="true">
                  <service><provide interface="%s"/></service>
                  <implementation class="%s"/>
                </scr:component>
                """.formatted(CryptoProvider.class.getName(), NoCryptography.class.getName());
    }

    private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        jar.write(content);
        jar.closeEntry();
    }
}
