package org.sallyport.sad.internal;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSpec;

/**
 * Whether a pair may stand, whichever negotiator asks: the PAD permits its selectors to the authenticated peer, and the
 * policy in force protects and covers them (RFC 4301 sections 4.4.3.4 and 4.4.1).
 */
final class InstallCheck {
    private final Supplier<@Nullable Pad> pad;
    private final Supplier<@Nullable Spd> spd;

    InstallCheck(Supplier<@Nullable Pad> pad, Supplier<@Nullable Spd> spd) {
        this.pad = pad;
        this.spd = spd;
    }

    /** Returns the policy under which the pair may stand. */
    Policy permit(SaSpec spec) throws SaRefusedException {
        Pad peers = pad.get();
        Spd policies = spd.get();
        if (peers == null || policies == null) {
            throw refused(ReasonCode.CAPABILITY_ABSENT, "the policy database", "start the bundle org.sallyport.spd");
        }
        permitPeer(peers, spec);
        return covering(policies.current(), spec);
    }

    /** Tells whether a generation covers the pair, so that it stands on when that comes into force. */
    static boolean covers(PolicyGeneration generation, SaSpec spec) {
        try {
            covering(generation, spec);
            return true;
        } catch (SaRefusedException e) {
            return false;
        }
    }

    /** Returns the policy in force that still covers the pair. */
    static Policy covering(PolicyGeneration generation, SaSpec spec) throws SaRefusedException {
        Policy policy = generation
                .policy(spec.policy())
                .filter(p -> p.action() == Action.PROTECT)
                .filter(p -> p.peer()
                        .filter(spec.lineage().ikeSa().connection()::equals)
                        .isPresent())
                .orElseThrow(() -> refused(ReasonCode.POLICY_GONE, spec.policy()));
        if (!policy.selectors().contains(spec.selectors())) {
            throw refused(ReasonCode.TS_UNACCEPTABLE, spec.lineage().ikeSa().connection(), spec.selectors());
        }
        if (policy.ipsecProtocol() != spec.suite().protocol()) {
            throw refused(
                    ReasonCode.PROTOCOL_DIFFERS,
                    spec.lineage().ikeSa().connection(),
                    spec.suite().protocol(),
                    policy.name(),
                    policy.ipsecProtocol());
        }
        if (policy.mode() != spec.mode()) {
            throw refused(
                    ReasonCode.MODE_DIFFERS,
                    spec.lineage().ikeSa().connection(),
                    word(spec.mode()),
                    policy.name(),
                    word(policy.mode()));
        }
        return policy;
    }

    private static String word(IpsecMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    /**
     * In transport mode two hosts behind one address translator would get what is meant for each other: who comes second is
     * refused (RFC 3948 section 5.2).
     *
     * @param standing what the pairs that stand were agreed for
     */
    static void requireOwnHost(SaSpec spec, Stream<SaSpec> standing) throws SaRefusedException {
        if (spec.mode() != IpsecMode.TRANSPORT || spec.originals().isEmpty()) {
            return;
        }
        Optional<SaSpec> other = standing.filter(s -> s.mode() == IpsecMode.TRANSPORT)
                .filter(s -> !s.originals().equals(spec.originals())
                        || !s.peerIdentity().equals(spec.peerIdentity()))
                .filter(s -> s.selectors().overlaps(spec.selectors()))
                .findAny();
        if (other.isPresent()) {
            throw refused(
                    ReasonCode.TRANSPORT_SHARED,
                    spec.peerIdentity(),
                    other.get().peerIdentity(),
                    spec.path().remote().getAddress().getHostAddress());
        }
    }

    /**
     * A pair that stands beside another carries what that is for: the same peer, policy and selectors (RFC 9611).
     *
     * @param fallback what the lineage beside which it stands was agreed for; empty when that is not there, or ends
     */
    static void requireFallback(SaSpec spec, Optional<SaSpec> fallback) throws SaRefusedException {
        boolean alike = fallback.filter(f -> f.share().isEmpty())
                .filter(f ->
                        f.policy().equals(spec.policy()) && f.peerIdentity().equals(spec.peerIdentity()))
                .filter(f -> f.selectors().equals(spec.selectors()) && f.mode() == spec.mode())
                .isPresent();
        if (spec.share().isPresent() && !alike) {
            throw refused(
                    ReasonCode.TS_UNACCEPTABLE,
                    spec.peerIdentity(),
                    spec.selectors() + " beside an SA for others, or for none");
        }
    }

    private static void permitPeer(Pad pad, SaSpec spec) throws SaRefusedException {
        PadEntry peer = pad.named(spec.lineage().ikeSa().connection())
                .filter(p -> is(p.remoteIdentity(), spec.peerIdentity()))
                .orElseThrow(() -> refused(ReasonCode.UNKNOWN_IDENTITY, spec.peerIdentity()));
        if (!peer.permits(spec.selectors())) {
            throw refused(ReasonCode.PAD_FORBIDS, spec.selectors(), peer);
        }
    }

    private static boolean is(Identity configured, String authenticated) {
        try {
            return configured.toString().equals(authenticated) || configured.matches(Identity.parse(authenticated));
        } catch (IllegalArgumentException e) {
            return false; // a name that no administrator could have configured
        }
    }

    private static SaRefusedException refused(ReasonCode code, Object... arguments) {
        return new SaRefusedException(Reason.of(code, arguments));
    }
}
