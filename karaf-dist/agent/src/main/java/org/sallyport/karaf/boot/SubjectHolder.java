package org.sallyport.karaf.boot;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Who the current thread acts for, as {@code Subject.doAs} meant it before JDK 24.
 *
 * <p>Before JDK 24 every thread started within {@code doAs} inherited the subject, a pool's worker for its whole life.
 * Here a thread inherits only when Karaf's or Gogo's shell code creates it: a shell session and the stages of a pipe run
 * in threads of their own and must act for the user who signed in. Any other thread that a command happens to start (a
 * worker of a pool, a timer) acts for nobody, so that an administrator's rights do not linger in it.
 *
 * <p>Thread-safe: all state belongs to one thread.
 */
public final class SubjectHolder {
    private static final Set<String> HEIRS = Set.of("org.apache.karaf.shell.", "org.apache.felix.gogo.");
    private static final ThreadLocal<@Nullable Subject> CURRENT = new Inherited();

    private SubjectHolder() {}

    /**
     * Stands in for {@code Subject.current()} and {@code Subject.getSubject(AccessControlContext)}.
     *
     * @return the subject that the current thread acts for, or null for nobody
     */
    public static @Nullable Subject current() {
        return CURRENT.get();
    }

    /**
     * Stands in for {@code Subject.callAs}, which {@code Subject.doAs} calls in turn.
     *
     * @param subject whom to act for; null is nobody
     * @param action what to do
     * @return what the action answered
     * @throws CompletionException around whatever the action threw, as {@code Subject.callAs} does
     */
    public static @Nullable Object callAs(@Nullable Subject subject, Callable<?> action) {
        Subject previous = CURRENT.get();
        CURRENT.set(subject);
        try {
            return action.call();
        } catch (Exception e) {
            throw new CompletionException(e);
        } finally {
            if (previous == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(previous);
            }
        }
    }

    private static final class Inherited extends InheritableThreadLocal<@Nullable Subject> {
        @Override
        protected @Nullable Subject childValue(@Nullable Subject parent) {
            return parent != null && createdByShell() ? parent : null;
        }

        private static boolean createdByShell() {
            return StackWalker.getInstance().walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                    .filter(name -> !name.startsWith("java.") && !name.startsWith("org.sallyport.karaf.boot."))
                    .findFirst()
                    .filter(name -> HEIRS.stream().anyMatch(name::startsWith))
                    .isPresent());
        }
    }
}
