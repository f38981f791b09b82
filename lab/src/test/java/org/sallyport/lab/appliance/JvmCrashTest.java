package org.sallyport.lab.appliance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What Temurin 25 printed and reported when it read where no memory was, and what its sources have it print besides. */
class JvmCrashTest {
    private static final String OUTPUT = resource("crash-output.txt");
    private static final String REPORT = resource("crash-report.txt");

    private static String resource(String name) {
        try (InputStream text = requireNonNull(JvmCrashTest.class.getResourceAsStream(name), name)) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String cause(String output) {
        return JvmCrash.in(output, "").orElseThrow().cause();
    }

    @Test
    void theFirstLineNamesSignalAndFrame() {
        assertThat(JvmCrash.in("what came before\n" + OUTPUT, REPORT)
                        .orElseThrow()
                        .toString()
                        .lines()
                        .findFirst())
                .contains("the JVM crashed: A fatal error has been detected by the Java Runtime Environment:"
                        + " SIGSEGV (0xb) at pc=0x00007f545d233f9d, pid=5291, tid=5292;"
                        + " problematic frame: V  [libjvm.so+0x1233f9d]  Unsafe_GetLong+0xad");
    }

    @Test
    void theStackOfTheThreadFollowsAndNoMemory() {
        String threads = JvmCrash.in(OUTPUT, REPORT).orElseThrow().threads();
        assertThat(threads)
                .startsWith("Current thread (0x00007f545402ab00):  JavaThread \"main\"")
                .contains("j  C.main([Ljava/lang/String;)V+26")
                .endsWith("si_addr: 0x0000000000001000")
                .doesNotContain("RAX=", "XMM");
        assertThat(REPORT).contains("RAX=", "XMM");
    }

    @Test
    void memoryThatWasRefusedIsNamed() {
        assertThat(cause("""
                        #
                        # There is insufficient memory for the Java Runtime Environment to continue.
                        # Native memory allocation (malloc) failed to allocate 32744 bytes. Error detail: ChunkPool::allocate
                        # An error report file with more information is saved as:
                        # /base/data/log/crash.log
                        """))
                .isEqualTo("There is insufficient memory for the Java Runtime Environment to continue. Native memory"
                        + " allocation (malloc) failed to allocate 32744 bytes. Error detail: ChunkPool::allocate");
    }

    @Test
    void anErrorOfTheMachineItselfHasNoFrame() {
        assertThat(cause("""
                        #
                        # A fatal error has been detected by the Java Runtime Environment:
                        #
                        #  Internal Error (sharedRuntime.cpp:553), pid=7, tid=8
                        #  guarantee(cb != nullptr && cb->is_nmethod()) failed: must be
                        #
                        # JRE version: OpenJDK Runtime Environment (25.0.3+9)
                        """))
                .isEqualTo("A fatal error has been detected by the Java Runtime Environment: Internal Error"
                        + " (sharedRuntime.cpp:553), pid=7, tid=8 guarantee(cb != nullptr && cb->is_nmethod())"
                        + " failed: must be");
    }

    @Test
    void whatEndedOtherwiseIsNoCrash() {
        assertThat(JvmCrash.in("# a comment\nTerminating due to java.lang.OutOfMemoryError: Java heap space\n", REPORT))
                .isEmpty();
    }
}
