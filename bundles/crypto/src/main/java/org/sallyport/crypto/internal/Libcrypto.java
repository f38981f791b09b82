package org.sallyport.crypto.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * OpenSSL's libcrypto 3: raw keys and agreements through EVP. Octets of secrets lie in native memory while a call takes and
 * are wiped behind it. Thread safe.
 */
final class Libcrypto {
    static final String LIBRARY = "libcrypto.so.3";
    private static final int OK = 1;

    private final MethodHandle newPrivateKey;
    private final MethodHandle newPublicKey;
    private final MethodHandle rawPublicKey;
    private final MethodHandle freeKey;
    private final MethodHandle newContext;
    private final MethodHandle beginDerivation;
    private final MethodHandle setPeer;
    private final MethodHandle derive;
    private final MethodHandle freeContext;
    private final MethodHandle clearErrors;

    private Libcrypto(SymbolLookup library) {
        newPrivateKey = bind(library, "EVP_PKEY_new_raw_private_key", ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
        newPublicKey = bind(library, "EVP_PKEY_new_raw_public_key", ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
        rawPublicKey = bind(library, "EVP_PKEY_get_raw_public_key", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
        freeKey = bindVoid(library, "EVP_PKEY_free", ADDRESS);
        newContext = bind(library, "EVP_PKEY_CTX_new", ADDRESS, ADDRESS, ADDRESS);
        beginDerivation = bind(library, "EVP_PKEY_derive_init", JAVA_INT, ADDRESS);
        setPeer = bind(library, "EVP_PKEY_derive_set_peer", JAVA_INT, ADDRESS, ADDRESS);
        derive = bind(library, "EVP_PKEY_derive", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
        freeContext = bindVoid(library, "EVP_PKEY_CTX_free", ADDRESS);
        clearErrors = bindVoid(library, "ERR_clear_error");
    }

    /** Finds the library; empty where it is not installed, lacks a function, or this code may not call it. */
    static Optional<Libcrypto> find() {
        try {
            return Optional.of(new Libcrypto(SymbolLookup.libraryLookup(LIBRARY, Arena.global())));
        } catch (IllegalArgumentException | NoSuchElementException | IllegalCallerException absent) {
            return Optional.empty();
        }
    }

    private static MethodHandle bind(SymbolLookup library, String name, ValueLayout result, ValueLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle bindVoid(SymbolLookup library, String name, ValueLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), FunctionDescriptor.ofVoid(arguments));
    }

    /** Returns the public value of a private key; both have the same length. */
    byte[] publicValue(int kind, byte[] privateKey) {
        return withKey(kind, privateKey, (arena, own) -> publicValue(arena, own, privateKey.length));
    }

    /** Returns what a private key and a peer's public value agree on; empty when libcrypto refuses the value. */
    Optional<byte[]> agree(int kind, byte[] privateKey, byte[] peerPublic) {
        return withKey(kind, privateKey, (arena, own) -> agree(arena, kind, own, peerPublic));
    }

    /**
     * Returns both: a key is made once for them, which takes as long as an agreement.
     *
     * @return the public value and the shared secret
     */
    Optional<byte[][]> respond(int kind, byte[] privateKey, byte[] peerPublic) {
        return withKey(kind, privateKey, (arena, own) -> {
            byte[] point = publicValue(arena, own, privateKey.length);
            return agree(arena, kind, own, peerPublic).map(shared -> new byte[][] {point, shared});
        });
    }

    private interface Use<T> {
        T of(Arena arena, MemorySegment key) throws Throwable;
    }

    /** The key's octets are wiped here; libcrypto wipes its own copy when the key is freed. */
    private <T> T withKey(int kind, byte[] octets, Use<T> use) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment raw = arena.allocateFrom(ValueLayout.JAVA_BYTE, octets);
            MemorySegment key;
            try {
                key = (MemorySegment) newPrivateKey.invokeExact(kind, MemorySegment.NULL, raw, (long) octets.length);
            } finally {
                raw.fill((byte) 0);
            }
            require(!key.equals(MemorySegment.NULL), "EVP_PKEY_new_raw_private_key");
            try {
                return use.of(arena, key);
            } finally {
                freeKey.invokeExact(key);
            }
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private byte[] publicValue(Arena arena, MemorySegment key, int octets) throws Throwable {
        MemorySegment out = arena.allocate(octets);
        MemorySegment length = arena.allocateFrom(JAVA_LONG, octets);
        require((int) rawPublicKey.invokeExact(key, out, length) == OK, "EVP_PKEY_get_raw_public_key");
        return out.toArray(ValueLayout.JAVA_BYTE);
    }

    private Optional<byte[]> agree(Arena arena, int kind, MemorySegment own, byte[] peerPublic) throws Throwable {
        MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_BYTE, peerPublic);
        MemorySegment peer =
                (MemorySegment) newPublicKey.invokeExact(kind, MemorySegment.NULL, value, (long) peerPublic.length);
        require(!peer.equals(MemorySegment.NULL), "EVP_PKEY_new_raw_public_key");
        try {
            return agree(arena, own, peer, peerPublic.length);
        } finally {
            freeKey.invokeExact(peer);
        }
    }

    private Optional<byte[]> agree(Arena arena, MemorySegment own, MemorySegment peer, int octets) throws Throwable {
        MemorySegment context = (MemorySegment) newContext.invokeExact(own, MemorySegment.NULL);
        require(!context.equals(MemorySegment.NULL), "EVP_PKEY_CTX_new");
        MemorySegment shared = arena.allocate(octets);
        try {
            MemorySegment length = arena.allocateFrom(JAVA_LONG, octets);
            require((int) beginDerivation.invokeExact(context) == OK, "EVP_PKEY_derive_init");
            boolean agreed = (int) setPeer.invokeExact(context, peer) == OK
                    && (int) derive.invokeExact(context, shared, length) == OK;
            if (!agreed) {
                clearErrors.invokeExact(); // its queue of errors belongs to the thread
                return Optional.empty();
            }
            return Optional.of(shared.toArray(ValueLayout.JAVA_BYTE));
        } finally {
            shared.fill((byte) 0);
            freeContext.invokeExact(context);
        }
    }

    private static void require(boolean done, String function) {
        if (!done) {
            throw new IllegalStateException("libcrypto: " + function + " failed");
        }
    }

    private static RuntimeException failed(Throwable e) {
        return e instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException("libcrypto was not called", e);
    }
}
