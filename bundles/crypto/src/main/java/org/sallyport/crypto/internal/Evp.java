package org.sallyport.crypto.internal;

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
 * The ciphers of OpenSSL's libcrypto 3 for packets in memory, through EVP. A context is made once for an SA and a direction;
 * what is called for a packet are critical calls, which take about a microsecond, and a safepoint waits for them. Addresses
 * are not checked. Thread safe; a context serves one thread at a time.
 */
final class Evp {
    /** Of {@link #begin}: what a context is to do with the text. */
    static final int DECRYPT = 0;

    static final int ENCRYPT = 1;

    private static final int OK = 1;

    // evp.h: what EVP_CIPHER_CTX_ctrl is asked for
    private static final int SET_IV_LENGTH = 0x9;
    private static final int GET_TAG = 0x10;
    private static final int SET_TAG = 0x11;

    /** Constants, so that the compiler sees through them; the functions' addresses are their first argument. */
    private static final class Calls {
        private static final MemoryLayout POINTER = JAVA_LONG;
        private static final Linker.Option AT_ONCE = Linker.Option.critical(false);

        static final MethodHandle FETCH = handle(FunctionDescriptor.of(POINTER, POINTER, POINTER, POINTER));
        static final MethodHandle CREATE = handle(FunctionDescriptor.of(POINTER));
        static final MethodHandle FREE = handle(FunctionDescriptor.ofVoid(POINTER));
        static final MethodHandle CLEAR_ERRORS = handle(FunctionDescriptor.ofVoid(), AT_ONCE);
        static final MethodHandle BEGIN =
                handle(FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, POINTER, POINTER, POINTER, JAVA_INT), AT_ONCE);
        static final MethodHandle SET_PADDING = handle(FunctionDescriptor.of(JAVA_INT, POINTER, JAVA_INT));
        static final MethodHandle CONTROL =
                handle(FunctionDescriptor.of(JAVA_INT, POINTER, JAVA_INT, JAVA_INT, POINTER), AT_ONCE);
        static final MethodHandle UPDATE =
                handle(FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, POINTER, POINTER, JAVA_INT), AT_ONCE);
        static final MethodHandle FINISH = handle(FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, POINTER), AT_ONCE);

        private static MethodHandle handle(FunctionDescriptor descriptor, Linker.Option... options) {
            return Linker.nativeLinker().downcallHandle(descriptor, options);
        }
    }

    private final MemorySegment fetchCipher;
    private final MemorySegment newCipher;
    private final MemorySegment freeCipher;
    private final MemorySegment begin;
    private final MemorySegment setPadding;
    private final MemorySegment control;
    private final MemorySegment update;
    private final MemorySegment finish;
    private final MemorySegment clearErrors;

    private Evp(SymbolLookup library) {
        fetchCipher = library.findOrThrow("EVP_CIPHER_fetch");
        newCipher = library.findOrThrow("EVP_CIPHER_CTX_new");
        freeCipher = library.findOrThrow("EVP_CIPHER_CTX_free");
        begin = library.findOrThrow("EVP_CipherInit_ex");
        setPadding = library.findOrThrow("EVP_CIPHER_CTX_set_padding");
        control = library.findOrThrow("EVP_CIPHER_CTX_ctrl");
        update = library.findOrThrow("EVP_CipherUpdate");
        finish = library.findOrThrow("EVP_CipherFinal_ex");
        clearErrors = library.findOrThrow("ERR_clear_error");
    }

    /** Finds the library; empty where it is not installed, lacks a function, or this code may not call it. */
    static Optional<Evp> find() {
        try {
            return Optional.of(new Evp(SymbolLookup.libraryLookup(Libcrypto.LIBRARY, Arena.global())));
        } catch (IllegalArgumentException | NoSuchElementException | IllegalCallerException absent) {
            return Optional.empty();
        }
    }

    /** Returns a cipher by OpenSSL's name for it, for good; empty where the library was built or set up without it. */
    Optional<Cipher> cipher(String name) {
        try (Arena arena = Arena.ofConfined()) {
            long cipher = (long) Calls.FETCH.invokeExact(
                    fetchCipher, 0L, arena.allocateFrom(name).address(), 0L);
            if (cipher == 0) {
                clearErrors();
                return Optional.empty();
            }
            return Optional.of(new Cipher(cipher));
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** A cipher, and what is done with a context of it. */
    final class Cipher {
        private final long cipher;

        private Cipher(long cipher) {
            this.cipher = cipher;
        }

        /**
         * Makes a context.
         *
         * @param arena an automatic one; when it goes, the context goes too
         */
        EvpContext context(Arena arena) {
            try {
                long context = (long) Calls.CREATE.invokeExact(newCipher);
                require(context != 0, "EVP_CIPHER_CTX_new");
                EvpContext result = new EvpContext(arena, context, this::free);
                require(begin(context, cipher, 0, 0, ENCRYPT), "EVP_CipherInit_ex");
                return result;
            } catch (Throwable e) {
                throw failed(e);
            }
        }

        /** Overwrites what the context knows (as EVP_CIPHER_CTX_free does), and frees it. */
        private void free(long context) {
            try {
                Calls.FREE.invokeExact(freeCipher, context);
            } catch (Throwable e) {
                throw failed(e);
            }
        }

        /** Sets the length of nonces, before the key. */
        void nonceLength(long context, int octets) {
            require(control(context, SET_IV_LENGTH, octets, 0), "EVP_CTRL_AEAD_SET_IVLEN");
        }

        /** Sets the length of tags, before the key, for those ciphers whose text depends on it. */
        void tagLength(long context, int octets) {
            require(control(context, SET_TAG, octets, 0), "EVP_CTRL_AEAD_SET_TAG");
        }

        /** Has texts be whole blocks, and end as they do. */
        void withoutPadding(long context) {
            try {
                require(
                        (int) Calls.SET_PADDING.invokeExact(setPadding, context, 0) == OK,
                        "EVP_CIPHER_CTX_set_padding");
            } catch (Throwable e) {
                throw failed(e);
            }
        }

        /**
         * Begins a text.
         *
         * @param key address of a key, 0 for the one that the context has
         * @param iv address of an IV or a nonce, 0 for one that comes later
         * @param direction {@link #ENCRYPT} or {@link #DECRYPT}
         */
        void begin(long context, long key, long iv, int direction) {
            require(begin(context, 0, key, iv, direction), "EVP_CipherInit_ex");
        }

        /**
         * Takes text, or something besides when there is no {@code to}, or only its length when there is no {@code from}
         * either.
         *
         * @param written address for how many octets it wrote, an {@code int}
         * @return whether it did; a cipher may find here that a tag is wrong
         */
        boolean update(long context, long to, long written, long from, int length) {
            try {
                return (int) Calls.UPDATE.invokeExact(update, context, to, written, from, length) == OK;
            } catch (Throwable e) {
                throw failed(e);
            }
        }

        /** Ends a text; tells whether its tag is right, when one was set. */
        boolean finish(long context, long to, long written) {
            try {
                return (int) Calls.FINISH.invokeExact(finish, context, to, written) == OK;
            } catch (Throwable e) {
                throw failed(e);
            }
        }

        /** Writes the tag of what was encrypted. */
        void tag(long context, long to, int octets) {
            require(control(context, GET_TAG, octets, to), "EVP_CTRL_AEAD_GET_TAG");
        }

        /** Tells the tag that is to be found. */
        void expect(long context, long tag, int octets) {
            require(control(context, SET_TAG, octets, tag), "EVP_CTRL_AEAD_SET_TAG");
        }

        private boolean begin(long context, long which, long key, long iv, int direction) {
            try {
                return (int) Calls.BEGIN.invokeExact(begin, context, which, 0L, key, iv, direction) == OK;
            } catch (Throwable e) {
                throw failed(e);
            }
        }

        private boolean control(long context, int what, int argument, long address) {
            try {
                return (int) Calls.CONTROL.invokeExact(control, context, what, argument, address) == OK;
            } catch (Throwable e) {
                throw failed(e);
            }
        }

        /** Forgets what was said of a refusal: the queue of errors belongs to the thread. */
        void forgetRefusal() {
            clearErrors();
        }
    }

    private void clearErrors() {
        try {
            Calls.CLEAR_ERRORS.invokeExact(clearErrors);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    static void require(boolean done, String function) {
        if (!done) {
            throw new IllegalStateException("libcrypto: " + function + " failed");
        }
    }

    static RuntimeException failed(Throwable e) {
        return e instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException("libcrypto was not called", e);
    }
}
