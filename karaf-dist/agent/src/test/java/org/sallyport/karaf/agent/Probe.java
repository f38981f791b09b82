package org.sallyport.karaf.agent;

import java.security.PrivilegedAction;
import java.security.PrivilegedExceptionAction;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.security.auth.Subject;
import org.apache.karaf.shell.probe.ShellThreads;
import org.apache.karaf.util.jaas.JaasHelper;
import org.jspecify.annotations.Nullable;

/** Runs under the agent in a virtual machine of its own and prints one line for each finding. */
final class Probe {
    private Probe() {}

    @SuppressWarnings({"removal", "ReferenceEquality"}) // the calls that Karaf makes; two empty subjects are equal
    public static void main(String[] arguments) throws Exception {
        Subject alice = new Subject();
        Subject bob = new Subject();
        say("outside", Subject.current() == null);
        JaasHelper.doAs(alice, (PrivilegedAction<@Nullable Object>) () -> {
            say("current", Subject.current() == alice);
            say("getSubject", Subject.getSubject(java.security.AccessController.getContext()) == alice);
            say("nested", Subject.callAs(bob, Subject::current) == bob);
            say("restored", Subject.current() == alice);
            say("nobody", Subject.callAs(null, Subject::current) == null);
            say("shell-thread", seenIn(ShellThreads::create) == alice);
            say("other-thread", seenIn(Thread::new) == null);
            ShellThreads.command(() -> say("command-thread", seenIn(Thread::new) == null));
            say("virtual-thread", seenIn(Thread.ofVirtual()::unstarted) == null);
            return null;
        });
        JaasHelper.doAs(bob, (PrivilegedExceptionAction<@Nullable Object>) () -> {
            say("exception-action", Subject.current() == bob);
            return null;
        });
        say("after", Subject.current() == null);
    }

    private static @Nullable Subject seenIn(Function<Runnable, Thread> factory) {
        AtomicReference<@Nullable Subject> seen = new AtomicReference<>(new Subject());
        Thread thread = factory.apply(() -> seen.set(Subject.current()));
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return seen.get();
    }

    private static void say(String finding, boolean holds) {
        System.out.println(finding + "=" + holds);
    }
}
