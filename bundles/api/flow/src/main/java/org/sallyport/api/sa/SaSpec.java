package org.sallyport.api.sa;

import java.util.Optional;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.policy.Lifetimes;

/**
 * What a negotiator agreed with its peer about a pair of SAs. Immutable; made by {@link #builder}, because it will grow.
 * Every part is required, but for the mode, which is tunnel unless said, the original addresses, whether the peer takes
 * padding, which it does unless said, and the share, which ordinary pairs have not.
 */
public final class SaSpec {
    private final ChildSaId lineage;
    private final String policy;
    private final String peerIdentity;
    private final Selectors selectors;
    private final IpsecMode mode;
    private final SaSuite suite;
    private final Path path;
    private final Lifetimes lifetimes;
    private final boolean initiator;
    private final Optional<HostPair> originals;
    private final boolean paddingRefused;
    private final Optional<Share> share;

    private SaSpec(Builder b) {
        lineage = java.util.Objects.requireNonNull(b.lineage, "lineage");
        policy = java.util.Objects.requireNonNull(b.policy, "policy");
        peerIdentity = java.util.Objects.requireNonNull(b.peerIdentity, "peerIdentity");
        selectors = java.util.Objects.requireNonNull(b.selectors, "selectors");
        mode = b.mode;
        suite = java.util.Objects.requireNonNull(b.suite, "suite");
        path = java.util.Objects.requireNonNull(b.path, "path");
        lifetimes = java.util.Objects.requireNonNull(b.lifetimes, "lifetimes");
        initiator = b.initiator;
        originals = b.originals;
        paddingRefused = b.paddingRefused;
        share = b.share;
    }

    /** Starts a specification. */
    public static Builder builder() {
        return new Builder();
    }

    public ChildSaId lineage() {
        return lineage;
    }

    /** Returns the name of the policy under whose entry the pair stands. */
    public String policy() {
        return policy;
    }

    /** Returns the identity that the peer proved, in its readable form. */
    public String peerIdentity() {
        return peerIdentity;
    }

    /** Returns the agreed selectors, ours local. */
    public Selectors selectors() {
        return selectors;
    }

    public IpsecMode mode() {
        return mode;
    }

    public SaSuite suite() {
        return suite;
    }

    public Path path() {
        return path;
    }

    public Lifetimes lifetimes() {
        return lifetimes;
    }

    /** Tells whether we initiated the exchange that made the pair. */
    public boolean initiator() {
        return initiator;
    }

    /**
     * Returns, with transport mode through an address translator, the addresses by which the peer computes the checksums
     * of what it sends: those that its traffic selectors told, before they were substituted (RFC 7296 section 2.23.1;
     * RFC 3948 section 3.1.2 calls them real).
     */
    public Optional<HostPair> originals() {
        return originals;
    }

    /** Tells whether the peer takes no traffic flow confidentiality padding (RFC 7296 section 1.3.1). */
    public boolean paddingRefused() {
        return paddingRefused;
    }

    /** Returns which share of the packets the pair is for, when it stands beside another. */
    public Optional<Share> share() {
        return share;
    }

    /** Collects a specification. Not thread safe. */
    public static final class Builder {
        private @org.jspecify.annotations.Nullable ChildSaId lineage;
        private @org.jspecify.annotations.Nullable String policy;
        private @org.jspecify.annotations.Nullable String peerIdentity;
        private @org.jspecify.annotations.Nullable Selectors selectors;
        private IpsecMode mode = IpsecMode.TUNNEL;
        private @org.jspecify.annotations.Nullable SaSuite suite;
        private @org.jspecify.annotations.Nullable Path path;
        private @org.jspecify.annotations.Nullable Lifetimes lifetimes;
        private boolean initiator;
        private Optional<HostPair> originals = Optional.empty();
        private boolean paddingRefused;
        private Optional<Share> share = Optional.empty();

        private Builder() {}

        public Builder lineage(ChildSaId value) {
            lineage = value;
            return this;
        }

        public Builder policy(String value) {
            policy = value;
            return this;
        }

        public Builder peerIdentity(String value) {
            peerIdentity = value;
            return this;
        }

        public Builder selectors(Selectors value) {
            selectors = value;
            return this;
        }

        public Builder mode(IpsecMode value) {
            mode = value;
            return this;
        }

        public Builder suite(SaSuite value) {
            suite = value;
            return this;
        }

        public Builder path(Path value) {
            path = value;
            return this;
        }

        public Builder lifetimes(Lifetimes value) {
            lifetimes = value;
            return this;
        }

        public Builder initiator(boolean value) {
            initiator = value;
            return this;
        }

        public Builder originals(Optional<HostPair> value) {
            originals = value;
            return this;
        }

        public Builder paddingRefused(boolean value) {
            paddingRefused = value;
            return this;
        }

        public Builder share(Optional<Share> value) {
            share = value;
            return this;
        }

        /** Makes the specification; throws NullPointerException naming a part that was not given. */
        public SaSpec build() {
            return new SaSpec(this);
        }
    }
}
