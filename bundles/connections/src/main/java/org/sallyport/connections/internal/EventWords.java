package org.sallyport.connections.internal;

import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.Start;

/** Says in words what happened. */
final class EventWords {
    private EventWords() {}

    static String of(ConnectionEvent event) {
        String policy = event.policy()
                .filter(p -> !p.isEmpty())
                .map(p -> " under policy \"" + p + "\"")
                .orElse("");
        return switch (event.kind()) {
            case IKE_UP -> "IKE SA " + event.subject() + " established";
            case IKE_REKEYED -> "IKE SA " + event.subject() + " rekeyed";
            case IKE_DOWN -> "IKE SA " + event.subject() + " ended";
            case IKE_FAILED -> "no IKE SA";
            case IKE_REFUSED -> "refused the IKE SA that was asked of us";
            case CHILD_UP -> "SA " + event.subject() + " established" + policy;
            case CHILD_REKEYED -> "SA " + event.subject() + " rekeyed" + policy;
            case CHILD_DOWN -> "SA " + event.subject() + " ended" + policy;
            case CHILD_FAILED -> "no SA" + policy;
        };
    }

    static String of(Start start) {
        return switch (start) {
            case ON_DEMAND -> "on-demand";
            case AT_START -> "at-start";
            case BY_HAND -> "by-hand";
        };
    }
}
