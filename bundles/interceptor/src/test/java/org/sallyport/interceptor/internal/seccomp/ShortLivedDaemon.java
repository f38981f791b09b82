package org.sallyport.interceptor.internal.seccomp;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.FlowGate;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.policy.Action;
import org.sallyport.interceptor.internal.gate.FakeSurroundings;
import org.sallyport.linux.seccomp.ListenerPark;

/** A process that holds calls to the protected address for ever, and says of each that it does; it is there to be killed. */
final class ShortLivedDaemon {
    static final String READY = "ready";
    static final String HELD = "held";

    private ShortLivedDaemon() {}

    /**
     * Holds until it is killed.
     *
     * @param arguments where launchers connect, the protected address, seconds that calls are kept, and the keeper or
     *     nothing
     */
    public static void main(String[] arguments) throws InterruptedException {
        FakeSurroundings world = new FakeSurroundings();
        world.policy("lab", Action.PROTECT, arguments[1], Duration.ofMinutes(5));
        world.fakeNegotiator().script(request -> new CompletableFuture<>());
        SeccompFrontEnd frontEnd = new SeccompFrontEnd(
                new TellingGate(world.gate()),
                new ListenerPark(),
                new KeptSettings(arguments[0], arguments[3], Integer.parseInt(arguments[2])));
        System.out.println(READY);
        frontEnd.serveKept();
        Thread.currentThread().join();
    }

    private record TellingGate(FlowGate gate) implements FlowGate {
        @Override
        public Admission admit(FlowRequest request) {
            Admission admission = gate.admit(request);
            System.out.println(HELD);
            return admission;
        }

        @Override
        public Admission admitAtOnce(FlowRequest request) {
            return gate.admitAtOnce(request);
        }
    }

    /** Settings with a keeper. */
    record KeptSettings(String socket, String keeper, int keep_for) implements FrontEndSettings {
        @Override
        public int maximum_programs() {
            return 64;
        }

        @Override
        public int maximum_programs_per_user() {
            return 64;
        }

        @Override
        public Class<FrontEndSettings> annotationType() {
            return FrontEndSettings.class;
        }
    }
}
