package org.sallyport.interceptor.internal.seccomp;

import static org.sallyport.linux.ErrnoNames.ESRCH;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Requester;
import org.sallyport.interceptor.internal.requester.Requesters;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.Credentials;
import org.sallyport.linux.process.Descriptor;
import org.sallyport.linux.process.PidDescriptor;
import org.sallyport.linux.process.ProcessInspector;

/**
 * The latest callers of one listener. A program calls more than once: it stays open, and what was found out about it counts
 * as long as the kernel says that it is still the same user's, in the same control group and the same program. One whose
 * thread has ended says so instead of meaning another. Belongs to one thread.
 */
final class KnownCallers implements AutoCloseable {
    /** Each of a thousand listeners may have as many open. */
    private static final int MOST = 4;

    private final Map<Integer, Caller> callers = new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Caller> eldest) {
            boolean over = size() > MOST;
            if (over) {
                eldest.getValue().descriptor.close();
            }
            return over;
        }
    };

    private static final class Caller {
        private final PidDescriptor descriptor;
        private @Nullable Identified identified;

        private Caller(PidDescriptor descriptor) {
            this.descriptor = descriptor;
        }
    }

    private record Identified(Credentials credentials, String executable, Requester requester) {}

    /**
     * Duplicates a thread's descriptor.
     *
     * @throws LinuxException EBADF when it has no such descriptor, ESRCH when it has ended
     */
    Descriptor duplicate(int tid, int number) {
        Optional<Caller> known = Optional.ofNullable(callers.get(tid));
        if (known.isPresent()) {
            try {
                return known.get().descriptor.duplicate(number);
            } catch (LinuxException e) {
                if (e.errno() != ESRCH) {
                    throw e;
                }
                // Its number is another thread's by now.
                callers.remove(tid);
                known.get().descriptor.close();
            }
        }
        return open(tid).descriptor.duplicate(number);
    }

    private Caller open(int tid) {
        Caller caller = new Caller(PidDescriptor.ofThread(tid));
        callers.put(tid, caller);
        return caller;
    }

    /**
     * Tells who a thread belongs to, one whose descriptor was duplicated just now.
     *
     * @throws LinuxException when it has ended
     */
    Requester requester(int tid) {
        Optional<Caller> known = Optional.ofNullable(callers.get(tid));
        Caller caller = known.isPresent() ? known.get() : open(tid);
        Optional<Credentials> credentials = caller.descriptor.credentials();
        if (credentials.isEmpty()) {
            return Requesters.of(tid);
        }
        String executable = ProcessInspector.executableLink(tid);
        Identified before = caller.identified;
        if (before != null && before.credentials.equals(credentials.get()) && before.executable.equals(executable)) {
            return before.requester;
        }
        Requester requester = Requesters.of(tid);
        caller.identified = new Identified(credentials.get(), executable, requester);
        return requester;
    }

    @Override
    public void close() {
        callers.values().forEach(caller -> caller.descriptor.close());
        callers.clear();
    }
}
