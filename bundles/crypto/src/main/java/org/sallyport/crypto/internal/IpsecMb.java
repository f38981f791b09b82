package org.sallyport.crypto.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Intel's Multi-Buffer Crypto for IPsec, releases 1.3 and above of {@code libIPSec_MB.so.1}: AES-GCM by the best
 * instructions that the processor has. Its calls are critical ones: they take less than a microsecond a packet, and a
 * safepoint waits for them. Thread safe.
 */
final class IpsecMb {
    private static final String LIBRARY = "libIPSec_MB.so.1";
    private static final int OLDEST = 0x10300;
    private static final int TOO_NEW = 0x20000;

    // Places of struct IMB_MGR, of which its header says that nothing within one soname moves them.
    private static final long MANAGER_SIZE = 512;
    private static final long ERROR = 60;
    private static final long GCM_ENCRYPT = 256;
    private static final long GCM_DECRYPT = 280;
    private static final long GCM_PREPARE = 448;

    /** Octets of struct gcm_key_data, which wants to lie on a multiple of {@link #ALIGNMENT}. */
    static final long KEY_SIZE = 1008;
    /** Octets of struct gcm_context_data. */
    static final long CONTEXT_SIZE = 88;

    static final long ALIGNMENT = 64;

    private static final long ICV = 16;

    /** AES-GCM with keys of one length. Addresses are not checked. */
    static final class Gcm {
        private final MemorySegment prepare;
        private final MemorySegment encrypt;
        private final MemorySegment decrypt;

        private Gcm(MemorySegment manager, int which) {
            prepare = manager.get(ADDRESS, GCM_PREPARE + which * ADDRESS.byteSize());
            encrypt = manager.get(ADDRESS, GCM_ENCRYPT + which * ADDRESS.byteSize());
            decrypt = manager.get(ADDRESS, GCM_DECRYPT + which * ADDRESS.byteSize());
        }

        /** Expands a key, {@link #KEY_SIZE} octets from it on. */
        void prepare(long raw, long key) {
            try {
                Calls.PREPARE.invokeExact(prepare, raw, key);
            } catch (Throwable e) {
                throw failed(e);
            }
        }

        /** Encrypts in place, and writes the ICV. */
        void encrypt(long key, long context, long text, long length, long nonce, long data, long dataLength, long icv) {
            crypt(encrypt, key, context, text, length, nonce, data, dataLength, icv);
        }

        /** Decrypts in place, and writes what the ICV should have been. */
        void decrypt(long key, long context, long text, long length, long nonce, long data, long dataLength, long icv) {
            crypt(decrypt, key, context, text, length, nonce, data, dataLength, icv);
        }

        private static void crypt(
                MemorySegment function,
                long key,
                long context,
                long text,
                long length,
                long nonce,
                long data,
                long dataLength,
                long icv) {
            try {
                Calls.CRYPT.invokeExact(function, key, context, text, text, length, nonce, data, dataLength, icv, ICV);
            } catch (Throwable e) {
                throw failed(e);
            }
        }
    }

    /** Constants, so that the compiler sees through them; the functions' addresses are their first argument. */
    private static final class Calls {
        static final MethodHandle PREPARE = Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(longs(2)));
        static final MethodHandle CRYPT = Linker.nativeLinker()
                .downcallHandle(FunctionDescriptor.ofVoid(longs(10)), Linker.Option.critical(false));

        private static MemoryLayout[] longs(int count) {
            MemoryLayout[] all = new MemoryLayout[count];
            Arrays.fill(all, JAVA_LONG);
            return all;
        }
    }

    private final Gcm gcm128;
    private final Gcm gcm192;
    private final Gcm gcm256;

    private IpsecMb(MemorySegment manager) {
        gcm128 = new Gcm(manager, 0);
        gcm192 = new Gcm(manager, 1);
        gcm256 = new Gcm(manager, 2);
    }

    /** Finds the library; empty where it is not installed, is of another release, or this code may not call it. */
    static Optional<IpsecMb> find() {
        try {
            return load(SymbolLookup.libraryLookup(LIBRARY, Arena.global()));
        } catch (IllegalArgumentException | NoSuchElementException | IllegalCallerException absent) {
            return Optional.empty();
        }
    }

    private static Optional<IpsecMb> load(SymbolLookup library) {
        try {
            int version = (int) handle(library, "imb_get_version", FunctionDescriptor.of(JAVA_INT))
                    .invokeExact();
            if (version < OLDEST || version >= TOO_NEW) {
                return Optional.empty();
            }
            MemorySegment manager =
                    (MemorySegment) handle(library, "alloc_mb_mgr", FunctionDescriptor.of(ADDRESS, JAVA_LONG))
                            .invokeExact(0L);
            if (manager.equals(MemorySegment.NULL)) {
                return Optional.empty();
            }
            try {
                return read(library, manager.reinterpret(MANAGER_SIZE));
            } finally {
                handle(library, "free_mb_mgr", FunctionDescriptor.ofVoid(ADDRESS))
                        .invokeExact(manager);
            }
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** The manager only tells which functions suit the processor. */
    private static Optional<IpsecMb> read(SymbolLookup library, MemorySegment manager) throws Throwable {
        handle(library, "init_mb_mgr_auto", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS))
                .invokeExact(manager, MemorySegment.NULL);
        return manager.get(JAVA_INT, ERROR) == 0 ? Optional.of(new IpsecMb(manager)) : Optional.empty();
    }

    private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
    }

    private static RuntimeException failed(Throwable e) {
        return e instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException("ipsec-mb was not called", e);
    }

    /** Returns AES-GCM with keys of 128, 192 or 256 bits. */
    Gcm gcm(int keyBits) {
        return switch (keyBits) {
            case 128 -> gcm128;
            case 192 -> gcm192;
            case 256 -> gcm256;
            default -> throw new IllegalArgumentException("AES has keys of 128, 192 and 256 bits, not " + keyBits);
        };
    }
}
