package org.sallyport.interceptor.internal.requester;

import org.sallyport.api.flow.Requester;
import org.sallyport.linux.process.ProcessIdentity;
import org.sallyport.linux.process.ProcessInspector;

/** Tells who a thread belongs to, in the gate's words. Thread safe. */
public final class Requesters {
    private Requesters() {}

    /**
     * Reads /proc.
     *
     * @throws org.sallyport.linux.LinuxException when the thread has ended
     */
    public static Requester of(int tid) {
        ProcessIdentity identity = ProcessInspector.identify(tid);
        Requester.Builder builder = Requester.builder()
                .pid(identity.pid())
                .userId((int) identity.userId())
                .groupId((int) identity.groupId())
                .groupIds(identity.groupIds())
                .program(identity.command());
        identity.executable().ifPresent(builder::executable);
        identity.unit().ifPresent(builder::unit);
        identity.container().ifPresent(builder::container);
        return builder.build();
    }
}
