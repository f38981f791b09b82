package org.sallyport.api.negotiation;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.IkeSaId;

/**
 * An exchange of an IKE SA that is over: a request and its response, or that there was none. It has names and times, and
 * never a payload's content. Immutable; made by {@link #builder}, because it will grow.
 */
public final class ObservedExchange {
    /** How an exchange ended. */
    public enum Outcome {
        /** There was a response without an error in it. */
        ANSWERED,
        /** The response has an error notify (RFC 7296 section 3.10.1). */
        REFUSED,
        /** We asked and there was no response to any transmission. */
        UNANSWERED,
        /** The IKE SA ended before, or the request was replaced by another one, such as one with a cookie. */
        ABANDONED
    }

    private final String peer;
    private final Optional<IkeSaId> ikeSa;
    private final long initiatorSpi;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final String exchange;
    private final long messageId;
    private final boolean ours;
    private final List<String> request;
    private final List<String> response;
    private final Outcome outcome;
    private final int retransmissions;
    private final Instant began;
    private final Duration took;

    private ObservedExchange(Builder b) {
        peer = b.peer;
        ikeSa = Optional.ofNullable(b.ikeSa);
        initiatorSpi = b.initiatorSpi;
        local = Objects.requireNonNull(b.local, "local");
        remote = Objects.requireNonNull(b.remote, "remote");
        exchange = b.exchange;
        messageId = b.messageId;
        ours = b.ours;
        request = List.copyOf(b.request);
        response = List.copyOf(b.response);
        outcome = b.outcome;
        retransmissions = b.retransmissions;
        began = b.began;
        took = b.took;
    }

    /** Starts an exchange. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the connection's name; before the peer has said who it is, its address. */
    public String peer() {
        return peer;
    }

    /** Returns the IKE SA's name; a half-open one that the peer initiated has none yet. */
    public Optional<IkeSaId> ikeSa() {
        return ikeSa;
    }

    /** Returns the initiator's SPI, by which a successor on the wire is told from its predecessor. */
    public long initiatorSpi() {
        return initiatorSpi;
    }

    /** Returns our address and port. */
    public InetSocketAddress local() {
        return local;
    }

    /** Returns the peer's address and port. */
    public InetSocketAddress remote() {
        return remote;
    }

    /** Returns the exchange type's name in the IANA registry, such as IKE_AUTH. */
    public String exchange() {
        return exchange;
    }

    public long messageId() {
        return messageId;
    }

    /** Tells whether the request was ours. */
    public boolean ours() {
        return ours;
    }

    /** Returns the names of the request's payloads, such as IDi, AUTH, N(INITIAL_CONTACT). */
    public List<String> request() {
        return request;
    }

    /** Returns the names of the response's payloads; empty where there was no response. */
    public List<String> response() {
        return response;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** Returns how often we sent our request again; of a peer's request, how often we sent our response again by then. */
    public int retransmissions() {
        return retransmissions;
    }

    /** Returns when the request was first sent, or came. */
    public Instant began() {
        return began;
    }

    /** Returns how long it took until the response came, was sent, or nobody waited for it any more. */
    public Duration took() {
        return took;
    }

    @Override
    public String toString() {
        return exchange + " " + messageId + (ours ? " to " : " from ") + peer + ": " + outcome + " after "
                + took.toMillis() + " ms";
    }

    /** Collects an exchange. Not thread safe. */
    public static final class Builder {
        private String peer = "";
        private @Nullable IkeSaId ikeSa;
        private long initiatorSpi;
        private @Nullable InetSocketAddress local;
        private @Nullable InetSocketAddress remote;
        private String exchange = "";
        private long messageId;
        private boolean ours;
        private List<String> request = List.of();
        private List<String> response = List.of();
        private Outcome outcome = Outcome.ABANDONED;
        private int retransmissions;
        private Instant began = Instant.EPOCH;
        private Duration took = Duration.ZERO;

        private Builder() {}

        public Builder peer(String value) {
            peer = value;
            return this;
        }

        public Builder ikeSa(IkeSaId value) {
            ikeSa = value;
            return this;
        }

        public Builder initiatorSpi(long value) {
            initiatorSpi = value;
            return this;
        }

        public Builder path(InetSocketAddress ourSide, InetSocketAddress peersSide) {
            local = ourSide;
            remote = peersSide;
            return this;
        }

        public Builder exchange(String value) {
            exchange = value;
            return this;
        }

        public Builder messageId(long value) {
            messageId = value;
            return this;
        }

        public Builder ours(boolean value) {
            ours = value;
            return this;
        }

        public Builder request(List<String> value) {
            request = value;
            return this;
        }

        public Builder response(List<String> value) {
            response = value;
            return this;
        }

        public Builder outcome(Outcome value) {
            outcome = value;
            return this;
        }

        public Builder retransmissions(int value) {
            retransmissions = value;
            return this;
        }

        public Builder began(Instant value) {
            began = value;
            return this;
        }

        public Builder took(Duration value) {
            took = value;
            return this;
        }

        /** Makes the exchange; throws NullPointerException when it has no path. */
        public ObservedExchange build() {
            return new ObservedExchange(this);
        }
    }
}
