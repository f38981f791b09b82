package org.sallyport.api.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.proposal.TransformType;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.IpsecProtocol;

/**
 * One entry of the SPD (RFC 4301 section 4.4.1.2). Immutable; made by {@link #builder}, because it will grow. A protect
 * entry names a peer and at least one proposal.
 */
public final class Policy {
    /** How long an unused SA stays unless its policy says otherwise. */
    public static final Duration DEFAULT_LINGER = Duration.ofMinutes(1);

    /** A maximum segment size above every real one. */
    public static final int MSS_FITTING = 0xffff;

    /** A packet length above every one that fits. */
    public static final int PADDED_FITTING = 0xffff;

    private static final int HIGHEST_DSCP = 63;

    private final String name;
    private final int order;
    private final Action action;
    private final Selectors selectors;
    private final Optional<String> networkInterface;
    private final NameSelector names;
    private final Optional<LoginCondition> login;
    private final IpsecProtocol ipsecProtocol;
    private final IpsecMode mode;
    private final Optional<ConnectionId> peer;
    private final List<Proposal> proposals;
    private final String negotiator;
    private final Lifetimes lifetimes;
    private final Set<PfpFlag> pfp;
    private final Duration holdTime;
    private final int replayWindow;
    private final Optional<Duration> linger;
    private final PacketRefusal packetRefusal;
    private final OptionalInt outerDscp;
    private final OuterDf outerDf;
    private final OptionalInt tcpMss;
    private final OptionalInt tfcPadding;
    private final Sharing sharing;
    private final boolean localAssigned;
    private final boolean awaitsAddress;

    private Policy(Builder b) {
        name = b.name;
        order = b.order;
        action = b.action;
        selectors = Objects.requireNonNull(b.selectors, "selectors");
        networkInterface = Optional.ofNullable(b.networkInterface);
        names = b.names;
        login = Optional.ofNullable(b.login);
        ipsecProtocol = b.ipsecProtocol;
        mode = b.mode;
        peer = Optional.ofNullable(b.peer);
        proposals = List.copyOf(b.proposals);
        negotiator = b.negotiator;
        lifetimes = b.lifetimes;
        pfp = Set.copyOf(b.pfp);
        holdTime = b.holdTime;
        replayWindow = b.replayWindow;
        linger = Optional.ofNullable(b.linger);
        packetRefusal = b.packetRefusal;
        outerDscp = b.outerDscp;
        outerDf = b.outerDf;
        tcpMss = b.tcpMss;
        tfcPadding = b.tfcPadding;
        sharing = b.sharing;
        localAssigned = b.localAssigned;
        awaitsAddress = b.awaitsAddress;
        if (action == Action.PROTECT && (peer.isEmpty() || proposals.isEmpty())) {
            throw new IllegalArgumentException("policy \"" + name + "\" protects, so it names a peer and a proposal");
        }
        boolean encrypts =
                proposals.stream().anyMatch(p -> !p.of(TransformType.ENCRYPTION).isEmpty());
        if (action == Action.PROTECT && ipsecProtocol == IpsecProtocol.AH && encrypts) {
            throw new IllegalArgumentException("policy \"" + name + "\" is for AH, whose proposals encrypt nothing");
        }
    }

    /** Starts a policy with this name and action. */
    public static Builder builder(String name, Action action) {
        return new Builder(name, action);
    }

    /** Starts a policy that is like this one but for its name and action. */
    public Builder toBuilder(String otherName, Action otherAction) {
        Builder b = new Builder(otherName, otherAction);
        b.order = order;
        b.selectors = selectors;
        b.networkInterface = networkInterface.orElse(null);
        b.names = names;
        b.login = login.orElse(null);
        b.ipsecProtocol = ipsecProtocol;
        b.mode = mode;
        b.peer = peer.orElse(null);
        b.proposals = proposals;
        b.negotiator = negotiator;
        b.lifetimes = lifetimes;
        b.pfp = pfp;
        b.holdTime = holdTime;
        b.replayWindow = replayWindow;
        b.linger = linger.orElse(null);
        b.packetRefusal = packetRefusal;
        b.outerDscp = outerDscp;
        b.outerDf = outerDf;
        b.tcpMss = tcpMss;
        b.tfcPadding = tfcPadding;
        b.sharing = sharing;
        b.localAssigned = localAssigned;
        b.awaitsAddress = awaitsAddress;
        return b;
    }

    /** Returns the name, unique within its generation. */
    public String name() {
        return name;
    }

    /** Returns its place: lower ones are asked first; equal ones in the order of their names. */
    public int order() {
        return order;
    }

    public Action action() {
        return action;
    }

    public Selectors selectors() {
        return selectors;
    }

    /** Returns the interface that it is limited to. */
    public Optional<String> networkInterface() {
        return networkInterface;
    }

    /** Returns for whose flows it is; for this host's own alone unless that is anybody. */
    public NameSelector names() {
        return names;
    }

    /** Returns who has to be logged in for it to be in force; empty when it always is. */
    public Optional<LoginCondition> login() {
        return login;
    }

    /** Returns what protects: ESP unless it says AH, which authenticates the outer header too and encrypts nothing. */
    public IpsecProtocol ipsecProtocol() {
        return ipsecProtocol;
    }

    public IpsecMode mode() {
        return mode;
    }

    /** Returns the peer; present when it protects. */
    public Optional<ConnectionId> peer() {
        return peer;
    }

    /** Returns the Child SA proposals, best first. */
    public List<Proposal> proposals() {
        return proposals;
    }

    /** Returns the name of the negotiator ("ikev2"). */
    public String negotiator() {
        return negotiator;
    }

    public Lifetimes lifetimes() {
        return lifetimes;
    }

    public Set<PfpFlag> pfp() {
        return pfp;
    }

    /** Returns how long a request is held before it fails with ETIMEDOUT. */
    public Duration holdTime() {
        return holdTime;
    }

    /** Returns the replay window in packets, a multiple of 64 from 64 to 8192. */
    public int replayWindow() {
        return replayWindow;
    }

    /**
     * Returns how long an SA that we initiated stays after its last lease has ended; zero ends it as soon as nothing in
     * flight can need it. Empty when it stays for its lifetime.
     */
    public Optional<Duration> linger() {
        return linger;
    }

    /** Returns what the sender of a parked packet gets when no SA comes to stand for it. */
    public PacketRefusal packetRefusal() {
        return packetRefusal;
    }

    /**
     * Returns the DSCP, 0 to 63, that outer headers get in tunnel mode whatever packets have inside; empty when they get
     * that of the packet inside (RFC 4301 section 5.1.2.1).
     */
    public OptionalInt outerDscp() {
        return outerDscp;
    }

    /** Returns what the DF bit of outer IPv4 headers is in tunnel mode. */
    public OuterDf outerDf() {
        return outerDf;
    }

    /**
     * Returns the most that TCP may announce as its maximum segment size through a tunnel, where more would fit;
     * {@link #MSS_FITTING} when only that counts, empty when nothing is lowered.
     */
    public OptionalInt tcpMss() {
        return tcpMss;
    }

    /**
     * Returns the octets up to which shorter packets are padded in a tunnel, so that their lengths say less (RFC 4303
     * section 2.7), as far as that fits; {@link #PADDED_FITTING} when only that counts, empty when none is padded.
     */
    public OptionalInt tfcPadding() {
        return tfcPadding;
    }

    /** Returns which of its packets go by Child SAs of their own. */
    public Sharing sharing() {
        return sharing;
    }

    /** Returns whether its local addresses are those that its peer assigns to this host (RFC 7296 section 2.19). */
    public boolean localAssigned() {
        return localAssigned;
    }

    /** Returns whether none is assigned yet: it holds every local address then, and no flow gets through. */
    public boolean awaitsAddress() {
        return awaitsAddress;
    }

    @Override
    public String toString() {
        return name;
    }

    /** Collects a policy. Not thread safe. */
    public static final class Builder {
        private final String name;
        private final Action action;
        private int order = 100;
        private @Nullable Selectors selectors;
        private @Nullable String networkInterface;
        private NameSelector names = NameSelector.ANYBODY;
        private @Nullable LoginCondition login;
        private IpsecProtocol ipsecProtocol = IpsecProtocol.ESP;
        private IpsecMode mode = IpsecMode.TUNNEL;
        private @Nullable ConnectionId peer;
        private List<Proposal> proposals = List.of();
        private String negotiator = "ikev2";
        private Lifetimes lifetimes = Lifetimes.DEFAULT;
        private Set<PfpFlag> pfp = Set.of();
        private Duration holdTime = Duration.ofSeconds(30);
        private int replayWindow = 1024;
        private @Nullable Duration linger = DEFAULT_LINGER;
        private PacketRefusal packetRefusal = PacketRefusal.RESET;
        private OptionalInt outerDscp = OptionalInt.empty();
        private OuterDf outerDf = OuterDf.COPY;
        private OptionalInt tcpMss = OptionalInt.of(MSS_FITTING);
        private OptionalInt tfcPadding = OptionalInt.empty();
        private Sharing sharing = Sharing.NONE;
        private boolean localAssigned;
        private boolean awaitsAddress;

        private Builder(String name, Action action) {
            this.name = name;
            this.action = action;
        }

        public Builder order(int value) {
            order = value;
            return this;
        }

        public Builder selectors(Selectors value) {
            selectors = value;
            return this;
        }

        public Builder networkInterface(String value) {
            networkInterface = value;
            return this;
        }

        public Builder names(NameSelector value) {
            names = value;
            return this;
        }

        /** Null when it is always in force. */
        public Builder login(@Nullable LoginCondition value) {
            login = value;
            return this;
        }

        public Builder ipsecProtocol(IpsecProtocol value) {
            ipsecProtocol = value;
            return this;
        }

        public Builder mode(IpsecMode value) {
            mode = value;
            return this;
        }

        public Builder peer(ConnectionId value) {
            peer = value;
            return this;
        }

        public Builder proposals(List<Proposal> value) {
            proposals = value;
            return this;
        }

        public Builder negotiator(String value) {
            negotiator = value;
            return this;
        }

        public Builder lifetimes(Lifetimes value) {
            lifetimes = value;
            return this;
        }

        public Builder pfp(Set<PfpFlag> value) {
            pfp = value;
            return this;
        }

        public Builder holdTime(Duration value) {
            holdTime = value;
            return this;
        }

        public Builder replayWindow(int value) {
            replayWindow = value;
            return this;
        }

        /** Null for as long as its lifetime. */
        public Builder linger(@Nullable Duration value) {
            linger = value;
            return this;
        }

        public Builder packetRefusal(PacketRefusal value) {
            packetRefusal = value;
            return this;
        }

        /** Empty to copy that of the packet inside. */
        public Builder outerDscp(OptionalInt value) {
            if (value.orElse(0) < 0 || value.orElse(0) > HIGHEST_DSCP) {
                throw new IllegalArgumentException("a DSCP lies within 0 to 63, not " + value.getAsInt());
            }
            outerDscp = value;
            return this;
        }

        public Builder outerDf(OuterDf value) {
            outerDf = value;
            return this;
        }

        /** Empty to lower nothing. */
        public Builder tcpMss(OptionalInt value) {
            if (value.orElse(1) < 1 || value.orElse(1) > MSS_FITTING) {
                throw new IllegalArgumentException(
                        "a maximum segment size lies within 1 to " + MSS_FITTING + ", not " + value.getAsInt());
            }
            tcpMss = value;
            return this;
        }

        /** Empty to pad nothing. */
        public Builder tfcPadding(OptionalInt value) {
            if (value.orElse(1) < 1 || value.orElse(1) > PADDED_FITTING) {
                throw new IllegalArgumentException(
                        "packets are padded to 1 to " + PADDED_FITTING + " octets, not " + value.getAsInt());
            }
            tfcPadding = value;
            return this;
        }

        public Builder sharing(Sharing value) {
            sharing = value;
            return this;
        }

        /** Its local addresses are those that its peer assigns. */
        public Builder localAssigned(boolean awaited) {
            localAssigned = true;
            awaitsAddress = awaited;
            return this;
        }

        /** Makes the policy; throws IllegalArgumentException or NullPointerException naming what is missing. */
        public Policy build() {
            return new Policy(this);
        }
    }
}
