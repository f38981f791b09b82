package org.sallyport.linux.nftables;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.sallyport.linux.MissingFeatureException;

/**
 * Runs rulesets in the network namespace of the calling thread. A text is one transaction: it takes effect whole or not
 * at all. Changes need CAP_NET_ADMIN.
 *
 * <p>Thread safe; calls run one after the other.
 */
public final class Nftables {
    /** How the library is found: {@value}. */
    private static final String LIBRARY = "libnftables.so.1";

    private static final int OUTPUT_STATELESS = 1 << 2;
    private static final int OUTPUT_JSON = 1 << 4;

    private final Functions functions;

    private Nftables(Functions functions) {
        this.functions = functions;
    }

    /**
     * Loads the library.
     *
     * @throws MissingFeatureException when it is not installed
     */
    public static Nftables load() {
        return load(LIBRARY);
    }

    static Nftables load(String library) {
        try {
            return new Nftables(new Functions(SymbolLookup.libraryLookup(library, Arena.global())));
        } catch (IllegalArgumentException e) {
            MissingFeatureException missing = new MissingFeatureException(
                    library,
                    "protected traffic cannot be kept from leaving in clear",
                    "Install the package libnftables1 (apt-get install libnftables1).",
                    0);
            missing.initCause(e);
            throw missing;
        }
    }

    /**
     * Runs commands in nft's language as one transaction.
     *
     * @return what it printed
     * @throws NftablesException with the library's own words, when nothing took effect
     */
    public String run(String commands) {
        return run(commands, 0);
    }

    /** Lists in nft's language, without counters and other things that change by themselves. */
    public String list(String what) {
        return run("list " + what, OUTPUT_STATELESS);
    }

    /** Lists as JSON ({@code libnftables-json(5)}). */
    public String listJson(String what) {
        return run("list " + what, OUTPUT_JSON);
    }

    private synchronized String run(String commands, int outputFlags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = functions.open();
            try {
                functions.setOutput(context, outputFlags);
                int result = functions.run(context, arena.allocateFrom(commands));
                if (result != 0) {
                    throw new NftablesException(functions.errors(context).strip());
                }
                return functions.output(context);
            } finally {
                functions.free(context);
            }
        }
    }

    /** The part of libnftables(3) that is used. */
    private static final class Functions {
        private final MethodHandle create;
        private final MethodHandle free;
        private final MethodHandle bufferOutput;
        private final MethodHandle bufferError;
        private final MethodHandle setFlags;
        private final MethodHandle run;
        private final MethodHandle output;
        private final MethodHandle error;

        Functions(SymbolLookup library) {
            create = bind(library, "nft_ctx_new", FunctionDescriptor.of(ADDRESS, JAVA_INT));
            free = bind(library, "nft_ctx_free", FunctionDescriptor.ofVoid(ADDRESS));
            bufferOutput = bind(library, "nft_ctx_buffer_output", FunctionDescriptor.of(JAVA_INT, ADDRESS));
            bufferError = bind(library, "nft_ctx_buffer_error", FunctionDescriptor.of(JAVA_INT, ADDRESS));
            setFlags = bind(library, "nft_ctx_output_set_flags", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
            run = bind(library, "nft_run_cmd_from_buffer", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
            output = bind(library, "nft_ctx_get_output_buffer", FunctionDescriptor.of(ADDRESS, ADDRESS));
            error = bind(library, "nft_ctx_get_error_buffer", FunctionDescriptor.of(ADDRESS, ADDRESS));
        }

        private static MethodHandle bind(SymbolLookup library, String name, FunctionDescriptor signature) {
            return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), signature);
        }

        MemorySegment open() {
            MemorySegment context = call(() -> (MemorySegment) create.invokeExact(0));
            if (context.equals(MemorySegment.NULL)) {
                throw new NftablesException("libnftables could not be initialised: out of memory or descriptors");
            }
            if (call(() -> (int) bufferOutput.invokeExact(context)) != 0
                    || call(() -> (int) bufferError.invokeExact(context)) != 0) {
                free(context);
                throw new NftablesException("libnftables could not buffer its output: out of memory");
            }
            return context;
        }

        void setOutput(MemorySegment context, int flags) {
            call(() -> {
                setFlags.invokeExact(context, flags);
                return 0;
            });
        }

        int run(MemorySegment context, MemorySegment commands) {
            return call(() -> (int) run.invokeExact(context, commands));
        }

        String output(MemorySegment context) {
            return text(call(() -> (MemorySegment) output.invokeExact(context)));
        }

        String errors(MemorySegment context) {
            return text(call(() -> (MemorySegment) error.invokeExact(context)));
        }

        void free(MemorySegment context) {
            call(() -> {
                free.invokeExact(context);
                return 0;
            });
        }

        private static String text(MemorySegment pointer) {
            return pointer.equals(MemorySegment.NULL)
                    ? ""
                    : pointer.reinterpret(Long.MAX_VALUE).getString(0);
        }

        private interface Call<T> {
            T invoke() throws Throwable;
        }

        private static <T> T call(Call<T> call) {
            try {
                return call.invoke();
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable t) {
                throw new IllegalStateException("libnftables was bound wrongly", t);
            }
        }
    }
}
