package org.sallyport.ike.internal.core.state;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.SpiKey;

/**
 * An IKE SA with its successors over rekeys, and the Child SAs that they carry: what one {@link IkeSaId} names. Plain data,
 * used by one thread at a time.
 */
public final class SessionState {
    public final boolean initiator;
    public final List<IkeSaState> ikeSas = new ArrayList<>();
    public final List<ChildState> children = new ArrayList<>();
    /** The peer's SPIs of pairs that it deleted before we heard of them. */
    public final Set<SpiKey> deletedEarly = new LinkedHashSet<>();

    /** Our SPIs of pairs that only the peer believes in: it is still to be told. */
    public final Set<SpiKey> withdrawn = new LinkedHashSet<>();

    public Endpoints endpoints;
    public Phase phase;
    /** The peer, or what it says it does, is behind a NAT: its address may change. */
    public boolean peerBehindNat;
    /** We are behind a NAT: it is kept open by keep-alives. */
    public boolean weBehindNat;
    /** We told the peer that we are behind a NAT, which has it encapsulate ESP in UDP whether or not it is true. */
    public boolean saysBehindNat = true;
    /** Both sides read fragments (RFC 7383 section 2.3). */
    public boolean fragmentation;
    /** Boot time in nanoseconds of its beginning, as are the times below. */
    public final long startedAt;

    public long establishedAt = ChildState.NEVER;
    public long rekeyAt = ChildState.NEVER;
    public long expireAt = ChildState.NEVER;
    /** Until when the peer's proof of its identity counts. */
    public long authenticatedUntil = ChildState.NEVER;

    /** When both sides are to prove themselves anew. */
    public long reauthenticateAt = ChildState.NEVER;

    /** Both sides speak MOBIKE (RFC 4555). */
    public boolean mobike;
    /** Further addresses of the peer, as it said last (RFC 4555 section 3.4). */
    public List<InetAddress> additionalAddresses = List.of();
    /** The peer is content with an IKE SA alone (RFC 6023). */
    public boolean childless;

    public long lastHeardAt;
    /** When the peer's last request came. */
    public long lastAskedAt;
    /** Revision of the last checkpoint. */
    public long revision;

    /** The addresses that our pools gave the peer. */
    public final List<AddressLease> leases = new ArrayList<>();

    /** What the peer assigned to us. */
    public HostConfiguration assigned = HostConfiguration.NONE;

    private @Nullable IkeSaId id;
    private @Nullable Identity peerIdentity;
    private @Nullable IkeSaId predecessor;

    public SessionState(boolean initiator, Endpoints endpoints, Phase phase, long startedAt) {
        this.initiator = initiator;
        this.endpoints = endpoints;
        this.phase = phase;
        this.startedAt = startedAt;
        this.lastHeardAt = startedAt;
    }

    /** Returns the name; a responder has none before the peer is authenticated. */
    public Optional<IkeSaId> id() {
        return Optional.ofNullable(id);
    }

    public void id(IkeSaId value) {
        id = value;
    }

    /** Returns who the peer proved to be. */
    public Optional<Identity> peerIdentity() {
        return Optional.ofNullable(peerIdentity);
    }

    public void peerIdentity(Identity value) {
        peerIdentity = value;
    }

    /** Returns what our pools gave the peer, or the peer us; nothing where nobody asked. */
    public HostConfiguration hostConfiguration() {
        return leases.stream().map(AddressLease::configuration).reduce(assigned, HostConfiguration::and);
    }

    /** Returns the session that it takes over from, by a new proof of both identities. */
    public Optional<IkeSaId> predecessor() {
        return Optional.ofNullable(predecessor);
    }

    public void predecessor(IkeSaId value) {
        predecessor = value;
    }

    /**
     * Tells whether the peer is known to know of a pair: it answered us, or has asked something else since it was answered.
     * That it answers something else says less: it may still wait for our answer.
     */
    public boolean peerKnows(ChildState child) {
        return !child.byPeer || lastAskedAt > child.madeAt;
    }

    /** Tells whether ESP travels in UDP: somebody is behind a NAT, or is said to be (RFC 7296 section 2.23). */
    public boolean inUdp() {
        return saysBehindNat || weBehindNat || peerBehindNat;
    }

    /** Tells whether packets cannot travel by themselves: in UDP, or because the IKE SA is in TCP. */
    public boolean encapsulated() {
        return inUdp() || endpoints.tcp();
    }

    /** Returns the IKE SA that carries new exchanges, if one is left. */
    public Optional<IkeSaState> current() {
        for (IkeSaState each : ikeSas) {
            if (each.role == IkeSaState.Role.CURRENT) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** Finds a pair by our SPI. */
    public Optional<ChildState> childByInbound(int spi) {
        return children.stream().filter(c -> c.inboundSpi == spi).findFirst();
    }

    /** Finds a pair by the peer's SPI. */
    public Optional<ChildState> childByOutbound(SpiKey spi) {
        return children.stream().filter(c -> c.outbound().equals(spi)).findFirst();
    }
}
