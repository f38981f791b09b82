package org.sallyport.interceptor.internal.seccomp;

import static org.sallyport.linux.ErrnoNames.ESRCH;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.Descriptor;
import org.sallyport.linux.process.PidDescriptor;

/**
 * Duplicates what callers name by their descriptors. The latest callers stay open: a program calls more than once, and one
 * whose thread has ended says so instead of meaning another. Belongs to one thread.
 */
final class CallerDescriptors implements AutoCloseable {
    private static final int MOST = 32;

    private final Map<Integer, PidDescriptor> callers = new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, PidDescriptor> eldest) {
            boolean over = size() > MOST;
            if (over) {
                eldest.getValue().close();
            }
            return over;
        }
    };

    /**
     * Duplicates a thread's descriptor.
     *
     * @throws LinuxException EBADF when it has no such descriptor, ESRCH when it has ended
     */
    Descriptor duplicate(int tid, int number) {
        Optional<PidDescriptor> known = Optional.ofNullable(callers.get(tid));
        if (known.isPresent()) {
            try {
                return known.get().duplicate(number);
            } catch (LinuxException e) {
                if (e.errno() != ESRCH) {
                    throw e;
                }
                // Its number is another thread's by now.
                callers.remove(tid);
                known.get().close();
            }
        }
        PidDescriptor caller = PidDescriptor.ofThread(tid);
        callers.put(tid, caller);
        return caller.duplicate(number);
    }

    @Override
    public void close() {
        callers.values().forEach(PidDescriptor::close);
        callers.clear();
    }
}
