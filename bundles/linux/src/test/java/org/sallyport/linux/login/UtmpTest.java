package org.sallyport.linux.login;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The book is written by the C library, as login(1) and sshd(8) have it do. */
class UtmpTest {
    private static final int USER_PROCESS = 7;
    private static final int DEAD_PROCESS = 8;
    private static final int NO_PROCESS = 0x7fff_fff0;

    private final Linker linker = Linker.nativeLinker();
    private final MethodHandle putLine = linker.downcallHandle(
            linker.defaultLookup().findOrThrow("pututxline"), FunctionDescriptor.of(ADDRESS, ADDRESS));

    private final MethodHandle rewind =
            linker.downcallHandle(linker.defaultLookup().findOrThrow("setutxent"), FunctionDescriptor.ofVoid());
    private final Path folder;
    private final Path file;

    /** The library writes into the folder. */
    UtmpTest(@TempDir Path folder) throws Throwable {
        this.folder = folder;
        file = Files.createFile(folder.resolve("utmp"));
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("utmpxname"), FunctionDescriptor.of(JAVA_INT, ADDRESS))
                    .invokeExact(arena.allocateFrom(file.toString()));
            assertThat(result).isZero();
        }
    }

    private void write(int type, String line, String user, long pid) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(384, 8);
            entry.set(JAVA_SHORT, 0, (short) type);
            entry.set(JAVA_INT, 4, (int) pid);
            entry.setString(8, line);
            entry.setString(40, line.substring(line.length() - 1));
            MemorySegment.copy(
                    user.getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, entry, JAVA_BYTE, 44, user.length());
            rewind.invokeExact();
            MemorySegment written = (MemorySegment) putLine.invokeExact(entry);
            assertThat(written.address()).isNotZero();
        }
    }

    @Test
    void whoIsLoggedInAndHasNotGoneIsThere() throws Throwable {
        long pid = ProcessHandle.current().pid();
        write(USER_PROCESS, "tty1", "alice", pid);
        write(USER_PROCESS, "pts/2", "alice", pid);
        write(USER_PROCESS, "pts/3", "a-name-of-exactly-32-characters!", pid);
        write(DEAD_PROCESS, "pts/4", "bob", pid);
        write(USER_PROCESS, "pts/5", "crashed", NO_PROCESS);
        Utmp utmp = Utmp.at(file).orElseThrow();
        assertThat(utmp.users()).containsExactlyInAnyOrder("alice", "a-name-of-exactly-32-characters!");

        write(DEAD_PROCESS, "tty1", "", pid);
        assertThat(utmp.users()).contains("alice");
        write(DEAD_PROCESS, "pts/2", "", pid);
        assertThat(utmp.users()).doesNotContain("alice");
    }

    @Test
    void whereThereIsNoneThatIsSaid() {
        assertThat(Utmp.at(folder.resolve("none"))).isEmpty();
    }

    @Test
    void aTornBookIsReadAsFarAsItGoes() throws Throwable {
        write(USER_PROCESS, "tty1", "alice", ProcessHandle.current().pid());
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length + 100));
        assertThat(Utmp.at(file).orElseThrow().users()).containsExactly("alice");
    }
}
