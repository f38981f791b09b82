package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.RequestWindow;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** What both sides of IKE_SA_INIT announce that they can do. */
final class Extensions {
    private Extensions() {}

    /** Returns what we can, in a request of ours. */
    static List<Payload> asked() {
        return List.of(Payload.Notify.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
    }

    /** Returns what we can of what a request asks. */
    static List<Payload> answered(IkeMessage request) {
        List<Payload> answers = new ArrayList<>();
        if (fragmentation(request)) {
            answers.add(Payload.Notify.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
        }
        answers.add(Payload.Notify.of(NotifyType.CHILDLESS_IKEV2_SUPPORTED)); // RFC 6023 section 3
        return answers;
    }

    /** Tells how many requests the peer may have under way (RFC 7296 section 2.3). */
    static Payload window() {
        return Payload.Notify.of(NotifyType.SET_WINDOW_SIZE, Spis.bytes(RequestWindow.SIZE));
    }

    /** Learns what the peer can. */
    static void learn(Session session, IkeMessage message) {
        session.state().fragmentation = fragmentation(message);
        session.state().childless =
                message.notify(NotifyType.CHILDLESS_IKEV2_SUPPORTED).isPresent();
    }

    /** RFC 7383 section 2.3. */
    private static boolean fragmentation(IkeMessage message) {
        return message.notify(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED)
                .map(Payload.Notify::data)
                .filter(Bytes::isEmpty)
                .isPresent();
    }
}
