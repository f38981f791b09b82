package org.sallyport.linux.login;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sallyport.linux.LinuxException;

/**
 * The sessions of systemd-logind, through its own library, libsystemd (sd-login(3)): it reads what logind publishes, so that
 * no bus is needed. Thread safe.
 */
public final class LogindSessions {
    /** Where logind publishes its sessions; something changes in this folder whenever a session does. */
    public static final Path FOLDER = Path.of("/run/systemd/sessions");

    /** sd_booted(3): systemd runs this host. */
    private static final Path BOOTED = Path.of("/run/systemd/system");

    private static final String LIBRARY = "libsystemd.so.0";

    /** Of the classes there are (sd_session_get_class(3)) those in which a person works. */
    private static final Set<String> PEOPLE = Set.of("user", "user-early", "user-incomplete", "user-light");

    /** The user has logged out, and something of the session still runs. */
    private static final String CLOSING = "closing";

    private final MethodHandle sessions;
    private final MethodHandle userId;
    private final MethodHandle sessionClass;
    private final MethodHandle state;
    private final MethodHandle free;

    private LogindSessions(SymbolLookup library) {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor ofSession = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
        sessions =
                linker.downcallHandle(library.findOrThrow("sd_get_sessions"), FunctionDescriptor.of(JAVA_INT, ADDRESS));
        userId = linker.downcallHandle(library.findOrThrow("sd_session_get_uid"), ofSession);
        sessionClass = linker.downcallHandle(library.findOrThrow("sd_session_get_class"), ofSession);
        state = linker.downcallHandle(library.findOrThrow("sd_session_get_state"), ofSession);
        free = linker.downcallHandle(linker.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ADDRESS));
    }

    /** Returns logind's sessions, where systemd runs and its library is installed. */
    public static Optional<LogindSessions> running() {
        return Files.isDirectory(BOOTED) && Files.isDirectory(FOLDER) ? load() : Optional.empty();
    }

    static Optional<LogindSessions> load() {
        try {
            return Optional.of(new LogindSessions(SymbolLookup.libraryLookup(LIBRARY, Arena.ofAuto())));
        } catch (IllegalArgumentException notInstalled) {
            return Optional.empty();
        }
    }

    /**
     * Returns the ids of the users who are logged in.
     *
     * @throws LinuxException when logind's sessions cannot be read
     */
    public Set<Integer> users() {
        Set<Integer> users = new HashSet<>();
        try (Arena arena = Arena.ofConfined()) {
            for (String session : sessions(arena)) {
                MemorySegment name = arena.allocateFrom(session);
                // A session may have ended meanwhile: then it has neither class nor user.
                boolean person =
                        text(arena, sessionClass, name).filter(PEOPLE::contains).isPresent();
                if (person && !text(arena, state, name).equals(Optional.of(CLOSING))) {
                    MemorySegment id = arena.allocate(JAVA_INT);
                    if ((int) userId.invokeExact(name, id) >= 0) {
                        users.add(id.get(JAVA_INT, 0));
                    }
                }
            }
            return users;
        } catch (LinuxException e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException("a function was bound wrongly", t);
        }
    }

    private List<String> sessions(Arena arena) throws Throwable {
        MemorySegment place = arena.allocate(ADDRESS);
        int count = (int) sessions.invokeExact(place);
        if (count < 0) {
            throw new LinuxException("sd_get_sessions", -count);
        }
        List<String> names = new ArrayList<>();
        MemorySegment array = place.get(ADDRESS, 0).reinterpret(ADDRESS.byteSize() * (count + 1L));
        for (int i = 0; i < count; i++) {
            names.add(taken(array.getAtIndex(ADDRESS, i)));
        }
        free.invokeExact(array);
        return names;
    }

    private Optional<String> text(Arena arena, MethodHandle question, MemorySegment session) throws Throwable {
        MemorySegment place = arena.allocate(ADDRESS);
        int result = (int) question.invokeExact(session, place);
        return result < 0 ? Optional.empty() : Optional.of(taken(place.get(ADDRESS, 0)));
    }

    /** The caller of these functions frees what they answer. */
    private String taken(MemorySegment text) throws Throwable {
        String value = text.reinterpret(Long.MAX_VALUE).getString(0);
        free.invokeExact(text);
        return value;
    }
}
