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
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * HMAC by OpenSSL's libcrypto 3 for packets in memory, through EVP. A context is made once for an SA and a direction; what
 * is called for a packet are critical calls, as those of {@link Evp}. Addresses are not checked. Thread safe; a context
 * serves one thread at a time.
 */
final class EvpMac {
    /** Octets of the longest HMAC. */
    static final int LONGEST = 64;

    private static final int OK = 1;

    // struct OSSL_PARAM of core.h; a list of them ends with zeros
    private static final long PARAMETER_KEY = 0;
    private static final long PARAMETER_TYPE = 8;
    private static final long PARAMETER_DATA = 16;
    private static final long PARAMETER_LENGTH = 24;
    private static final long PARAMETER_SIZE = 40;
    private static final int UTF8_STRING = 4;

    /** Constants, so that the compiler sees through them; the functions' addresses are their first argument. */
    private static final class Calls {
        private static final MemoryLayout POINTER = JAVA_LONG;
        private static final MemoryLayout SIZE = JAVA_LONG;
        private static final Linker.Option AT_ONCE = Linker.Option.critical(false);

        static final MethodHandle FETCH = handle(FunctionDescriptor.of(POINTER, POINTER, POINTER, POINTER));
        static final MethodHandle CREATE = handle(FunctionDescriptor.of(POINTER, POINTER));
        static final MethodHandle FREE = handle(FunctionDescriptor.ofVoid(POINTER));
        static final MethodHandle BEGIN =
                handle(FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, SIZE, POINTER), AT_ONCE);
        static final MethodHandle UPDATE = handle(FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, SIZE), AT_ONCE);
        static final MethodHandle FINISH =
                handle(FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, POINTER, SIZE), AT_ONCE);
        static final MethodHandle COMPARE = handle(FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, SIZE), AT_ONCE);

        private static MethodHandle handle(FunctionDescriptor descriptor, Linker.Option... options) {
            return Linker.nativeLinker().downcallHandle(descriptor, options);
        }
    }

    private final MemorySegment newContext;
    private final MemorySegment freeContext;
    private final MemorySegment begin;
    private final MemorySegment update;
    private final MemorySegment finish;
    private final MemorySegment compare;
    private final long hmac;

    private EvpMac(SymbolLookup library) {
        newContext = library.findOrThrow("EVP_MAC_CTX_new");
        freeContext = library.findOrThrow("EVP_MAC_CTX_free");
        begin = library.findOrThrow("EVP_MAC_init");
        update = library.findOrThrow("EVP_MAC_update");
        finish = library.findOrThrow("EVP_MAC_final");
        compare = library.findOrThrow("CRYPTO_memcmp");
        hmac = hmac(library.findOrThrow("EVP_MAC_fetch"));
    }

    private static long hmac(MemorySegment fetch) {
        try (Arena arena = Arena.ofConfined()) {
            return (long) Calls.FETCH.invokeExact(
                    fetch, 0L, arena.allocateFrom("HMAC").address(), 0L);
        } catch (Throwable e) {
            throw Evp.failed(e);
        }
    }

    /**
     * Finds the library; empty where it is not installed, lacks a function, or this code may not call it. So it is with the
     * first releases of 3.0, whose HMAC does not begin anew with the key that it has.
     */
    static Optional<EvpMac> find() {
        try {
            EvpMac found = new EvpMac(SymbolLookup.libraryLookup(Libcrypto.LIBRARY, Arena.global()));
            return found.hmac != 0 && found.beginsAnew() ? Optional.of(found) : Optional.empty();
        } catch (IllegalArgumentException | NoSuchElementException | IllegalCallerException absent) {
            return Optional.empty();
        }
    }

    private boolean beginsAnew() {
        try (Arena arena = Arena.ofConfined();
                EvpContext context = hmac(Arena.ofAuto(), "SHA256", arena.allocate(1), 1)) {
            long at = arena.allocate(3L * LONGEST, Long.BYTES).address();
            long again = at + LONGEST;
            long length = again + LONGEST;
            for (long mac : new long[] {at, again}) {
                begin(context.address());
                update(context.address(), length, 1);
                finish(context.address(), mac, length + Long.BYTES);
            }
            return equal(at, again, LONGEST);
        }
    }

    /**
     * Makes a context for HMAC.
     *
     * @param arena an automatic one; when it goes, the context goes too
     * @param digest OpenSSL's name for the digest
     */
    EvpContext hmac(Arena arena, String digest, MemorySegment key, long keyLength) {
        try (Arena call = Arena.ofConfined()) {
            long context = (long) Calls.CREATE.invokeExact(newContext, hmac);
            Evp.require(context != 0, "EVP_MAC_CTX_new");
            EvpContext result = new EvpContext(arena, context, this::free);
            long parameters = digestNamed(call, digest).address();
            Evp.require(
                    (int) Calls.BEGIN.invokeExact(begin, context, key.address(), keyLength, parameters) == OK,
                    "EVP_MAC_init");
            return result;
        } catch (Throwable e) {
            throw Evp.failed(e);
        }
    }

    private static MemorySegment digestNamed(Arena arena, String digest) {
        MemorySegment list = arena.allocate(2 * PARAMETER_SIZE, Long.BYTES);
        list.set(ADDRESS, PARAMETER_KEY, arena.allocateFrom("digest"));
        list.set(JAVA_INT, PARAMETER_TYPE, UTF8_STRING);
        list.set(ADDRESS, PARAMETER_DATA, arena.allocateFrom(digest));
        list.set(JAVA_LONG, PARAMETER_LENGTH, digest.length());
        return list;
    }

    /** Overwrites what the context knows, and frees it. */
    private void free(long context) {
        try {
            Calls.FREE.invokeExact(freeContext, context);
        } catch (Throwable e) {
            throw Evp.failed(e);
        }
    }

    /** Begins a message, with the key that the context has. */
    void begin(long context) {
        try {
            Evp.require((int) Calls.BEGIN.invokeExact(begin, context, 0L, 0L, 0L) == OK, "EVP_MAC_init");
        } catch (Throwable e) {
            throw Evp.failed(e);
        }
    }

    /** Takes a part of a message. */
    void update(long context, long from, long length) {
        try {
            Evp.require((int) Calls.UPDATE.invokeExact(update, context, from, length) == OK, "EVP_MAC_update");
        } catch (Throwable e) {
            throw Evp.failed(e);
        }
    }

    /**
     * Ends a message.
     *
     * @param mac address of {@link #LONGEST} octets for the whole MAC
     * @param written address for how many it has
     */
    void finish(long context, long mac, long written) {
        try {
            Evp.require(
                    (int) Calls.FINISH.invokeExact(finish, context, mac, written, (long) LONGEST) == OK,
                    "EVP_MAC_final");
        } catch (Throwable e) {
            throw Evp.failed(e);
        }
    }

    /** Compares octets, in the same time for all. */
    boolean equal(long one, long other, long length) {
        try {
            return (int) Calls.COMPARE.invokeExact(compare, one, other, length) == 0;
        } catch (Throwable e) {
            throw Evp.failed(e);
        }
    }
}
