package org.sallyport.linux.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.sallyport.linux.ErrnoNames.ERANGE;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.Native;

/**
 * Users and groups as the host's C library knows them, from files or a directory service (getpwnam(3), nsswitch.conf(5)).
 * Thread safe; a directory service may be slow.
 */
public final class Accounts {
    private static final FunctionDescriptor BY_NAME =
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
    private static final FunctionDescriptor BY_ID =
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
    private static final FunctionDescriptor GROUP_LIST =
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);

    /** struct passwd and struct group of the C library on 64-bit machines. */
    private static final long RECORD_BYTES = 64;

    private static final long NAME = 0;
    private static final long ID = 16;
    private static final long PRIMARY_GROUP = 20;
    private static final int FIRST_TEXT_BYTES = 4 << 10;
    private static final int MOST_TEXT_BYTES = 1 << 20;
    private static final int MOST_GROUPS = 65_536;

    private final MethodHandle userByName = Native.function("getpwnam_r", BY_NAME);
    private final MethodHandle userById = Native.function("getpwuid_r", BY_ID);
    private final MethodHandle groupByName = Native.function("getgrnam_r", BY_NAME);
    private final MethodHandle groupList = Native.function("getgrouplist", GROUP_LIST);

    /** Asks for a record; the last argument tells where its address goes, null when there is none. */
    private interface Question {
        int ask(MemorySegment record, MemorySegment text, long textBytes, MemorySegment found) throws Throwable;
    }

    /**
     * Finds a user by name.
     *
     * @throws LinuxException when the accounts cannot be read
     */
    public Optional<Account> user(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment asked = arena.allocateFrom(name);
            return find(arena, "getpwnam of " + name, (record, text, bytes, found) ->
                            (int) userByName.invokeExact(asked, record, text, bytes, found))
                    .map(this::account);
        }
    }

    /**
     * Finds a user by id.
     *
     * @throws LinuxException when the accounts cannot be read
     */
    public Optional<Account> user(int userId) {
        try (Arena arena = Arena.ofConfined()) {
            return find(arena, "getpwuid of " + userId, (record, text, bytes, found) ->
                            (int) userById.invokeExact(userId, record, text, bytes, found))
                    .map(this::account);
        }
    }

    /**
     * Finds a group's id by its name.
     *
     * @throws LinuxException when the groups cannot be read
     */
    public OptionalInt group(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment asked = arena.allocateFrom(name);
            return find(arena, "getgrnam of " + name, (record, text, bytes, found) ->
                            (int) groupByName.invokeExact(asked, record, text, bytes, found))
                    .map(record -> OptionalInt.of(record.get(JAVA_INT, ID)))
                    .orElse(OptionalInt.empty());
        }
    }

    private Optional<MemorySegment> find(Arena arena, String call, Question question) {
        MemorySegment record = arena.allocate(RECORD_BYTES, 8);
        MemorySegment found = arena.allocate(ADDRESS);
        for (int bytes = FIRST_TEXT_BYTES; ; bytes *= 4) {
            int errno;
            try {
                errno = question.ask(record, arena.allocate(bytes, 8), bytes, found);
            } catch (Throwable t) {
                throw new IllegalStateException("a function was bound wrongly", t);
            }
            if (errno == ERANGE && bytes < MOST_TEXT_BYTES) {
                continue;
            }
            boolean known = found.get(ADDRESS, 0).address() != 0;
            if (!known && errno == ERANGE) {
                throw new LinuxException(call, errno);
            }
            // "no such name" comes as 0 or as one of several numbers (getpwnam(3))
            return known ? Optional.of(record) : Optional.empty();
        }
    }

    private Account account(MemorySegment record) {
        MemorySegment name = record.get(ADDRESS, NAME).reinterpret(Long.MAX_VALUE);
        return new Account(
                name.getString(0), record.get(JAVA_INT, ID), groups(name, record.get(JAVA_INT, PRIMARY_GROUP)));
    }

    private Set<Integer> groups(MemorySegment name, int primary) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            for (int room = 64; ; room *= 4) {
                MemorySegment groups = arena.allocate(JAVA_INT, room);
                count.set(JAVA_INT, 0, room);
                int all = (int) groupList.invokeExact(name, primary, groups, count);
                if (all >= 0 || room >= MOST_GROUPS) {
                    return IntStream.range(0, Math.min(room, count.get(JAVA_INT, 0)))
                            .mapToObj(i -> groups.getAtIndex(JAVA_INT, i))
                            .collect(Collectors.toUnmodifiableSet());
                }
            }
        } catch (Throwable t) {
            throw new IllegalStateException("a function was bound wrongly", t);
        }
    }
}
