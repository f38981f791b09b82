package org.sallyport.benchmarks.throughput;

import java.nio.file.Path;
import java.util.List;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.benchmarks.MeasuringBundle;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.MemoryAead;
import org.sallyport.crypto.TransformId;

/**
 * Calls itself AES-GCM with keys of 128 bits and does nothing, so that all else can be measured. It is part of no
 * distribution: {@link #bundle} makes it where it is needed.
 */
public final class NoCryptography implements CryptoProvider {
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
        return new MeasuringBundle(
                        "no-cryptography",
                        List.of(NoCryptography.class, Nothing.class, Untouched.class),
                        "org.sallyport.crypto,org.sallyport.api.secret",
                        component())
                .write(folder);
    }

    private static String component() {
        return """
                <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" name="no-cryptography" immediate="true">
                  <service><provide interface="%s"/></service>
                  <implementation class="%s"/>
                </scr:component>
                """.formatted(CryptoProvider.class.getName(), NoCryptography.class.getName());
    }
}
