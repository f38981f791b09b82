package org.sallyport.ike.internal.core.state;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.Share;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.message.Bytes;

/** A pair of Child SAs. Plain data of one session. */
public final class ChildState {
    /** A time that does not come. */
    public static final long NEVER = Long.MAX_VALUE;

    public final ChildSaId lineage;
    public final int inboundSpi;
    public final int outboundSpi;
    public final String policy;
    public final Selectors selectors;
    public final ChildSuite suite;
    public final IpsecMode mode;
    /** With transport mode through an address translator: the two hosts as the peer sees them (RFC 7296 section 2.23.1). */
    public Optional<HostPair> originals = Optional.empty();

    /** Whether the peer takes no padding (RFC 7296 section 1.3.1); told with its installation, and known by the SAD from then. */
    public boolean paddingRefused;

    /** With one that stands beside another: which (RFC 9611). */
    public Optional<Share> share = Optional.empty();

    public ChildStatus status = ChildStatus.INSTALLED;
    /** When it starts to send although nobody deleted its predecessor. */
    public long activateAt = NEVER;
    /** When what is still on its way has come. */
    public long forgetAt = NEVER;
    /** When rekeying is tried again. */
    public long rekeyAt = NEVER;
    /** Whether a successor stands. */
    public boolean replaced;
    /** Our SPI of the pair that it replaces, 0 for none. */
    public int predecessor;
    /** Whether the peer started the exchange that made it. */
    public boolean byPeer;
    /** When it was made. */
    public long madeAt;
    /** The lower of the two nonces of that exchange (RFC 7296 section 2.8.1). */
    public Bytes lowestNonce = Bytes.EMPTY;
    /** Why it ends, once it does. */
    public Reason ending = Reason.of(ReasonCode.REKEYED);

    private @Nullable SecretBytes outboundKeys;

    public ChildState(
            ChildSaId lineage,
            int inboundSpi,
            int outboundSpi,
            String policy,
            Selectors selectors,
            ChildSuite suite,
            IpsecMode mode) {
        this.lineage = lineage;
        this.inboundSpi = inboundSpi;
        this.outboundSpi = outboundSpi;
        this.policy = policy;
        this.selectors = selectors;
        this.suite = suite;
        this.mode = mode;
    }

    /** Returns the name of the inbound SA, by which the SA table knows the pair. */
    public SpiKey inbound() {
        return new SpiKey(suite.protocol(), inboundSpi);
    }

    /** Returns the name of the SA that the peer receives by. */
    public SpiKey outbound() {
        return new SpiKey(suite.protocol(), outboundSpi);
    }

    /** Returns the keys that it will send with; held until it does. */
    public Optional<SecretBytes> outboundKeys() {
        return Optional.ofNullable(outboundKeys);
    }

    /** Keeps, or with null wipes, the keys that it will send with. */
    public void keepOutboundKeys(@Nullable SecretBytes keys) {
        if (outboundKeys != null) {
            outboundKeys.close();
        }
        outboundKeys = keys;
    }

    /** Tells whether it receives, and sends once the pair of an elder IKE SA no longer does. */
    public boolean waitsForElder() {
        return status == ChildStatus.INSTALLED && predecessor == 0;
    }

    /** Tells whether it can be rekeyed: it is used, and nobody replaced it. */
    public boolean rekeyable() {
        return status == ChildStatus.ACTIVE && !replaced;
    }
}
