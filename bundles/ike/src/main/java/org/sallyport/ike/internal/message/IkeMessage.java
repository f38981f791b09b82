package org.sallyport.ike.internal.message;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A whole message.
 *
 * @param header its fixed header
 * @param payloads in the order of the wire
 */
public record IkeMessage(IkeHeader header, List<Payload> payloads) {
    /** Copies the list. */
    public IkeMessage {
        payloads = List.copyOf(payloads);
    }

    /** Returns the first payload of a kind. */
    public <T extends Payload> Optional<T> first(Class<T> kind) {
        for (Payload payload : payloads) {
            if (kind.isInstance(payload)) {
                return Optional.of(kind.cast(payload));
            }
        }
        return Optional.empty();
    }

    /** Returns every payload of a kind, in order. */
    public <T extends Payload> Stream<T> all(Class<T> kind) {
        return payloads.stream().filter(kind::isInstance).map(kind::cast);
    }

    /** Returns the only payload of a kind, or INVALID_SYNTAX when it is absent or there twice. */
    public <T extends Payload> T only(Class<T> kind) throws IkeProtocolException {
        int found = 0;
        for (Payload payload : payloads) {
            found += kind.isInstance(payload) ? 1 : 0;
        }
        Optional<T> one = first(kind);
        if (found != 1 || one.isEmpty()) {
            throw IkeProtocolException.invalidSyntax(
                    header + " carries " + found + " payloads " + kind.getSimpleName() + ", not one");
        }
        return one.get();
    }

    /** Returns the first notify of a type. */
    public Optional<Payload.Notify> notify(NotifyType type) {
        for (Payload payload : payloads) {
            if (payload instanceof Payload.Notify notify && notify.type().equals(type)) {
                return Optional.of(notify);
            }
        }
        return Optional.empty();
    }

    /** Returns the first notify that is an error. */
    public Optional<Payload.Notify> firstError() {
        return all(Payload.Notify.class).filter(n -> n.type().isError()).findFirst();
    }

    /** Such as {@code IKE_AUTH request 1 [IDi AUTH SA TSi TSr N(INITIAL_CONTACT)]}. */
    @Override
    public String toString() {
        return header + payloads.stream().map(Payload::label).collect(Collectors.joining(" ", " [", "]"));
    }
}
