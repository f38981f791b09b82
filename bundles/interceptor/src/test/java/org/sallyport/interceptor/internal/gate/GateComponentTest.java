package org.sallyport.interceptor.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Errno;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.negotiation.Negotiator;

class GateComponentTest {
    private final GateComponent component = new GateComponent(new Settings());

    @AfterEach
    void stop() {
        component.stop();
    }

    @Test
    void withoutItsServicesTheGateIsClosedAndSaysWhatToStart() {
        Flow flow = new Flow(0, IpProtocol.TCP, Addresses.parse("192.0.2.1"), 1, Addresses.parse("192.0.2.2"), 2);

        assertThat(component.admit(FlowRequest.ofSocket(flow, Requester.UNKNOWN, 1)))
                .isInstanceOfSatisfying(Admission.Refuse.class, refuse -> {
                    assertThat(refuse.errno()).isEqualTo(Errno.EHOSTUNREACH);
                    assertThat(refuse.reason().text()).contains("start bundle org.sallyport.sad");
                });
    }

    @Test
    void theRehearsalLeavesNoTrace() {
        assertThat(component.recent()).isEmpty();
        assertThat(component.feed().values()).isEmpty();
    }

    @Test
    void aNegotiatorThatWasReplacedDoesNotTakeItsSuccessorWithIt() {
        Negotiator old = new FakeSurroundings().fakeNegotiator();
        Negotiator successor = new FakeSurroundings().fakeNegotiator();
        Map<String, Object> name = Map.of(Negotiator.NAME, "ikev2");
        component.addNegotiator(old, name);
        component.addNegotiator(successor, name);

        Optional<Negotiator> found = component.negotiator("ikev2");
        component.removeNegotiator(old);
        assertThat(component.negotiator("ikev2")).isPresent().isEqualTo(found);
        component.removeNegotiator(successor);
        assertThat(component.negotiator("ikev2")).isEmpty();
    }

    private record Settings() implements GateSettings {
        @Override
        public int maximum_holds() {
            return 2;
        }

        @Override
        public int maximum_holds_per_user() {
            return 2;
        }

        @Override
        public int maximum_parked() {
            return 2;
        }

        @Override
        public int maximum_parked_per_party() {
            return 2;
        }

        @Override
        public Class<GateSettings> annotationType() {
            return GateSettings.class;
        }
    }
}
