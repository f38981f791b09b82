package org.sallyport.interceptor.internal.seccomp;

import static org.sallyport.linux.ErrnoNames.EALREADY;
import static org.sallyport.linux.ErrnoNames.EINPROGRESS;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.sa.Lease;
import org.sallyport.linux.socket.RawAddress;
import org.sallyport.linux.socket.SharedSocket;

/**
 * A call with everything it takes to answer it; owns the duplicate of its socket.
 *
 * <p>To let the kernel execute a call (CONTINUE) is never what security rests on, since the caller can change its memory
 * until then: a protected connect is made here, on the duplicate, with the address that was checked.
 *
 * @param tcp whether the socket is one of TCP
 * @param flows where the call leads, one at least
 */
record PreparedCall(
        SupervisedCall call,
        SocketRequest request,
        SharedSocket socket,
        boolean nonBlocking,
        long cookie,
        boolean tcp,
        List<Flow> flows)
        implements AutoCloseable {
    /** Says whether the caller goes on with something else meanwhile, like an event loop. */
    boolean doesNotWait() {
        return nonBlocking || (request instanceof SocketRequest.Send send && send.doesNotWait());
    }

    /** Answers as the gate says. */
    void conclude(Admission admission) {
        switch (admission) {
            case Admission.Proceed(Optional<Lease> lease) -> proceed(lease.isPresent());
            case Admission.Parked ignored -> proceed(true);
            case Admission.Refuse refuse -> call.answer(refuse.errno().number());
            case Admission.Held held -> throw new IllegalStateException("a hold ended in a hold");
        }
    }

    /**
     * Lets it go on.
     *
     * @param isProtected whether an SA stands for it, or what it sends is parked
     */
    void proceed(boolean isProtected) {
        if (!call.waits()) {
            return;
        }
        if (isProtected && request instanceof SocketRequest.Connect connect) {
            connect(connect.address());
        } else {
            call.proceed();
        }
    }

    private void connect(RawAddress address) {
        boolean waitsItself = tcp && !nonBlocking;
        int errno = waitsItself ? socket.startConnect(address) : socket.connect(address);
        if (waitsItself && (errno == EINPROGRESS || errno == EALREADY)) {
            // The kernel waits for the connection under way, whatever address the call names by now, and the program's
            // own signals and time-outs apply.
            call.proceed();
        } else {
            call.answer(errno);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
