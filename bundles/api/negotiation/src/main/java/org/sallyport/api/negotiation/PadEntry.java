package org.sallyport.api.negotiation;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.Encapsulation;

/**
 * A peer: its identity, how it is authenticated, and what it may have (RFC 4301 section 4.4.3). Immutable; made by
 * {@link #builder}, because it will grow.
 */
public final class PadEntry {
    private final ConnectionId connection;
    private final Optional<InetAddress> localAddress;
    private final Optional<InetAddress> remoteAddress;
    private final Identity localIdentity;
    private final Identity remoteIdentity;
    private final String localAuthentication;
    private final String remoteAuthentication;
    private final Optional<SecretRef> secret;
    private final Credentials credentials;
    private final Duration authenticationLifetime;
    private final List<Proposal> ikeProposals;
    private final List<AddressRange> permittedLocal;
    private final List<AddressRange> permittedRemote;
    private final Duration deadPeerInterval;
    private final Duration ikeSoftLifetime;
    private final Duration ikeHardLifetime;
    private final Retransmission retransmission;
    private final Start start;
    private final List<String> pools;
    private final List<InetAddress> requestedAddresses;
    private final Uniqueness uniqueness;
    private final Duration reauthenticationTime;
    private final boolean mobike;
    private final boolean tcpFallback;
    private final Encapsulation encapsulation;

    private PadEntry(Builder b) {
        connection = b.connection;
        localAddress = Optional.ofNullable(b.localAddress);
        remoteAddress = Optional.ofNullable(b.remoteAddress);
        localIdentity = Objects.requireNonNull(b.localIdentity, "localIdentity");
        remoteIdentity = Objects.requireNonNull(b.remoteIdentity, "remoteIdentity");
        localAuthentication = b.localAuthentication;
        remoteAuthentication = b.remoteAuthentication;
        secret = Optional.ofNullable(b.secret);
        credentials = b.credentials;
        authenticationLifetime = b.authenticationLifetime;
        ikeProposals = List.copyOf(b.ikeProposals);
        permittedLocal = List.copyOf(b.permittedLocal);
        permittedRemote = List.copyOf(b.permittedRemote);
        deadPeerInterval = b.deadPeerInterval;
        ikeSoftLifetime = b.ikeSoftLifetime;
        ikeHardLifetime = b.ikeHardLifetime;
        retransmission = b.retransmission;
        start = b.start;
        pools = List.copyOf(b.pools);
        requestedAddresses = List.copyOf(b.requestedAddresses);
        uniqueness = b.uniqueness;
        reauthenticationTime = b.reauthenticationTime;
        mobike = b.mobike;
        tcpFallback = b.tcpFallback;
        encapsulation = b.encapsulation;
        if (ikeProposals.isEmpty()) {
            throw new IllegalArgumentException("peer \"" + connection + "\" needs at least one IKE proposal");
        }
        if (start == Start.AT_START && remoteAddress.isEmpty()) {
            throw new IllegalArgumentException(
                    "peer \"" + connection + "\" starts by itself, so it has a remote address");
        }
    }

    /**
     * How often and when a request is sent again (RFC 7296 section 2.1).
     *
     * @param first until the first retransmission
     * @param factor each further wait is this times the one before, 1.0 and up
     * @param tries retransmissions before the peer counts as unreachable, 1 and up
     */
    public record Retransmission(Duration first, double factor, int tries) {
        /** 0.5, 1, 2, 4, 8 and 16 seconds, then 32 s of waiting. */
        public static final Retransmission DEFAULT = new Retransmission(Duration.ofMillis(500), 2.0, 6);
    }

    /** Starts an entry. */
    public static Builder builder(ConnectionId connection) {
        return new Builder(connection);
    }

    public ConnectionId connection() {
        return connection;
    }

    /** Returns our outer address; empty when the route decides. */
    public Optional<InetAddress> localAddress() {
        return localAddress;
    }

    /** Returns the peer's outer address; empty when it may come from anywhere, and then we never initiate. */
    public Optional<InetAddress> remoteAddress() {
        return remoteAddress;
    }

    public Identity localIdentity() {
        return localIdentity;
    }

    public Identity remoteIdentity() {
        return remoteIdentity;
    }

    /** Returns the name of the method by which we prove ourselves to the peer ("psk", "pubkey", "eap-mschapv2"). */
    public String localAuthentication() {
        return localAuthentication;
    }

    /** Returns the name of the method by which the peer has to prove itself. */
    public String remoteAuthentication() {
        return remoteAuthentication;
    }

    /** Returns where the pre-shared key is, where one of the methods needs it. */
    public Optional<SecretRef> secret() {
        return secret;
    }

    /** Returns where other keys and certificates are. */
    public Credentials credentials() {
        return credentials;
    }

    /** Returns how long a proof counts before the peer has to prove itself anew (RFC 4478); zero = as long as the IKE SA. */
    public Duration authenticationLifetime() {
        return authenticationLifetime;
    }

    /** Returns the IKE SA proposals, best first. */
    public List<Proposal> ikeProposals() {
        return ikeProposals;
    }

    /** Tells whether Child SAs with these selectors are permitted; an empty list of ranges permits every address. */
    public boolean permits(Selectors selectors) {
        return within(selectors.local(), permittedLocal) && within(selectors.remote(), permittedRemote);
    }

    private static boolean within(
            List<org.sallyport.api.flow.TrafficSelector> selectors, List<AddressRange> permitted) {
        return permitted.isEmpty()
                || selectors.stream().allMatch(s -> permitted.stream().anyMatch(p -> p.contains(s.addresses())));
    }

    public List<AddressRange> permittedLocal() {
        return permittedLocal;
    }

    public List<AddressRange> permittedRemote() {
        return permittedRemote;
    }

    /** Returns after how much silence the peer is asked whether it lives; zero = never. */
    public Duration deadPeerInterval() {
        return deadPeerInterval;
    }

    public Duration ikeSoftLifetime() {
        return ikeSoftLifetime;
    }

    public Duration ikeHardLifetime() {
        return ikeHardLifetime;
    }

    public Retransmission retransmission() {
        return retransmission;
    }

    /** Returns when its SAs are negotiated. */
    public Start start() {
        return start;
    }

    /**
     * Returns the names of the pools that give the peer its addresses, in the order in which they are asked. Where there are
     * any the peer has to ask, and gets Child SAs for those addresses alone.
     */
    public List<String> pools() {
        return pools;
    }

    /** Returns the addresses that we ask the peer for: one for each family, unspecified ({@code 0.0.0.0}) for any. */
    public List<InetAddress> requestedAddresses() {
        return requestedAddresses;
    }

    /** Returns what becomes of an IKE SA when the peer comes with another one. */
    public Uniqueness uniqueness() {
        return uniqueness;
    }

    /**
     * Returns how long an IKE SA that we initiated stands before both sides prove themselves anew in a new one that takes
     * over (RFC 7296 section 2.8.3); zero = as long as no {@link #authenticationLifetime} of the peer says so.
     */
    public Duration reauthenticationTime() {
        return reauthenticationTime;
    }

    /** Tells whether MOBIKE is spoken with a peer that speaks it (RFC 4555). */
    public boolean mobike() {
        return mobike;
    }

    /**
     * Returns how ESP travels: in UDP always, by itself as long as nobody on the way translates addresses (RFC 7296 section
     * 2.23), or with IKE in TCP (RFC 9329).
     */
    public Encapsulation encapsulation() {
        return encapsulation;
    }

    /** Tells whether TCP is tried where UDP gets no answer (RFC 9329 section 5.1). */
    public boolean tcpFallback() {
        return tcpFallback;
    }

    /** Tells whether TCP is spoken with the peer, always or where UDP gets no answer: then it may come by TCP. */
    public boolean speaksTcp() {
        return encapsulation == Encapsulation.TCP || tcpFallback;
    }

    @Override
    public String toString() {
        return connection.name();
    }

    /** Collects an entry. Not thread safe. */
    public static final class Builder {
        private final ConnectionId connection;
        private @Nullable InetAddress localAddress;
        private @Nullable InetAddress remoteAddress;
        private @Nullable Identity localIdentity;
        private @Nullable Identity remoteIdentity;
        private String localAuthentication = "psk";
        private String remoteAuthentication = "psk";
        private @Nullable SecretRef secret;
        private Credentials credentials = Credentials.NONE;
        private Duration authenticationLifetime = Duration.ZERO;
        private List<Proposal> ikeProposals = List.of();
        private List<AddressRange> permittedLocal = List.of();
        private List<AddressRange> permittedRemote = List.of();
        private Duration deadPeerInterval = Duration.ofSeconds(30);
        private Duration ikeSoftLifetime = Duration.ofMinutes(220);
        private Duration ikeHardLifetime = Duration.ofHours(4);
        private Retransmission retransmission = Retransmission.DEFAULT;
        private Start start = Start.ON_DEMAND;
        private List<String> pools = List.of();
        private List<InetAddress> requestedAddresses = List.of();
        private Uniqueness uniqueness = Uniqueness.NO;
        private Duration reauthenticationTime = Duration.ZERO;
        private boolean mobike;
        private boolean tcpFallback;
        private Encapsulation encapsulation = Encapsulation.UDP;

        private Builder(ConnectionId connection) {
            this.connection = connection;
        }

        public Builder localAddress(InetAddress value) {
            localAddress = value;
            return this;
        }

        public Builder remoteAddress(InetAddress value) {
            remoteAddress = value;
            return this;
        }

        public Builder localIdentity(Identity value) {
            localIdentity = value;
            return this;
        }

        public Builder remoteIdentity(Identity value) {
            remoteIdentity = value;
            return this;
        }

        /** Both sides prove themselves by the same method. */
        public Builder authentication(String value) {
            return localAuthentication(value).remoteAuthentication(value);
        }

        public Builder localAuthentication(String value) {
            localAuthentication = value;
            return this;
        }

        public Builder remoteAuthentication(String value) {
            remoteAuthentication = value;
            return this;
        }

        public Builder credentials(Credentials value) {
            credentials = value;
            return this;
        }

        public Builder authenticationLifetime(Duration value) {
            authenticationLifetime = value;
            return this;
        }

        public Builder secret(SecretRef value) {
            secret = value;
            return this;
        }

        public Builder ikeProposals(List<Proposal> value) {
            ikeProposals = value;
            return this;
        }

        public Builder permittedLocal(List<AddressRange> value) {
            permittedLocal = value;
            return this;
        }

        public Builder permittedRemote(List<AddressRange> value) {
            permittedRemote = value;
            return this;
        }

        public Builder deadPeerInterval(Duration value) {
            deadPeerInterval = value;
            return this;
        }

        public Builder ikeSoftLifetime(Duration value) {
            ikeSoftLifetime = value;
            return this;
        }

        public Builder ikeHardLifetime(Duration value) {
            ikeHardLifetime = value;
            return this;
        }

        public Builder retransmission(Retransmission value) {
            retransmission = value;
            return this;
        }

        public Builder start(Start value) {
            start = value;
            return this;
        }

        public Builder pools(List<String> value) {
            pools = value;
            return this;
        }

        public Builder requestedAddresses(List<InetAddress> value) {
            requestedAddresses = value;
            return this;
        }

        public Builder uniqueness(Uniqueness value) {
            uniqueness = value;
            return this;
        }

        public Builder reauthenticationTime(Duration value) {
            reauthenticationTime = value;
            return this;
        }

        public Builder tcpFallback(boolean value) {
            tcpFallback = value;
            return this;
        }

        public Builder mobike(boolean value) {
            mobike = value;
            return this;
        }

        /** With TCP both IKE and ESP travel so (RFC 9329). */
        public Builder encapsulation(Encapsulation value) {
            encapsulation = value;
            return this;
        }

        /** Makes the entry; throws NullPointerException or IllegalArgumentException naming what is missing. */
        public PadEntry build() {
            return new PadEntry(this);
        }
    }
}
