package org.sallyport.sad.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.policy.OuterDf;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.Sharing;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.api.sa.Epoch;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.Path;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.api.sa.Share;
import org.sallyport.api.secret.SecretBytes;

/** Fills a slot as {@link SaSlotLayout} has it: the fields that are the SAD's to write. */
final class SlotWriter {
    private static final VarHandle INT = JAVA_INT.varHandle();
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final int LONGEST_CIPHER_KEY = 32;
    private static final int LONGEST_SALT = 8;
    private static final int LONGEST_INTEGRITY_KEY = 64;
    private static final int DSCPS = 64;

    private SlotWriter() {}

    /** Fills a zeroed slot; its state is written last, with release semantics. */
    static void fill(InstalledSa sa, SaSpec spec, SaKeys keys, Epoch epoch, Policy policy, long sequenceLimit) {
        MemorySegment slot = sa.slot();
        SaSuite suite = spec.suite();
        requireKeys(suite, keys);
        slot.set(JAVA_INT, SaSlotLayout.VERSION, SaSlotLayout.LAYOUT_VERSION);
        slot.set(JAVA_INT, SaSlotLayout.SPI, sa.key().spi());
        slot.set(JAVA_INT, SaSlotLayout.IP_PROTOCOL, sa.key().protocol().ipProtocol());
        slot.set(JAVA_INT, SaSlotLayout.DIRECTION, sa.direction() == SaDirection.INBOUND ? 0 : 1);
        boolean tunnel = spec.mode() == IpsecMode.TUNNEL;
        slot.set(JAVA_INT, SaSlotLayout.MODE, tunnel ? SaSlotLayout.MODE_TUNNEL : SaSlotLayout.MODE_TRANSPORT);
        slot.set(JAVA_INT, SaSlotLayout.FLAGS, suite.extendedSequenceNumbers() ? SaSlotLayout.FLAG_ESN : 0);
        slot.set(JAVA_INT, SaSlotLayout.ENCRYPTION, suite.encryption());
        slot.set(JAVA_INT, SaSlotLayout.KEY_BITS, keys.encryption().length() * Byte.SIZE);
        slot.set(JAVA_INT, SaSlotLayout.INTEGRITY, suite.integrity());
        slot.set(JAVA_INT, SaSlotLayout.REPLAY_WINDOW, policy.replayWindow());
        treatment(slot, policy, spec.paddingRefused());
        slot.set(JAVA_INT, SaSlotLayout.IV_PREFIX, (int) epoch.value());
        slot.set(JAVA_LONG, SaSlotLayout.EPOCH, epoch.value());
        slot.set(JAVA_LONG, SaSlotLayout.LINEAGE, sa.lineage().number());
        copy(keys.encryption(), slot, SaSlotLayout.CIPHER_KEY);
        copy(keys.salt(), slot, SaSlotLayout.SALT);
        copy(keys.integrity(), slot, SaSlotLayout.INTEGRITY_KEY);
        spec.originals().ifPresent(o -> originals(slot, o));
        spec.share().ifPresent(s -> share(slot, s));
        path(slot, spec.path());
        LONG.setRelease(slot, (long) SaSlotLayout.SEQ_LIMIT, sequenceLimit);
        state(slot, SaSlotLayout.STATE_INSTALLED);
    }

    static void state(MemorySegment slot, int state) {
        INT.setRelease(slot, (long) SaSlotLayout.STATE, state);
    }

    /**
     * Writes how headers and lengths are treated: what may change while the SA stands.
     *
     * @param paddingRefused whether the peer takes no padding, whatever policy says
     */
    static void treatment(MemorySegment slot, Policy policy, boolean paddingRefused) {
        int dscp = policy.outerDscp().isEmpty()
                ? SaSlotLayout.DSCP_COPIED
                : SaSlotLayout.DSCP_SET | policy.outerDscp().getAsInt();
        slot.set(JAVA_INT, SaSlotLayout.OUTER_DSCP, dscp);
        slot.set(JAVA_INT, SaSlotLayout.OUTER_DF, outerDf(policy.outerDf()));
        slot.set(JAVA_INT, SaSlotLayout.TCP_MSS, policy.tcpMss().orElse(SaSlotLayout.TCP_MSS_KEPT));
        int padded =
                paddingRefused ? SaSlotLayout.TFC_NONE : policy.tfcPadding().orElse(SaSlotLayout.TFC_NONE);
        slot.set(JAVA_INT, SaSlotLayout.TFC_PADDING, padded);
        sharing(slot, policy.sharing());
    }

    private static void share(MemorySegment slot, Share share) {
        slot.set(JAVA_INT, SaSlotLayout.SHARE, share.number());
        slot.set(JAVA_LONG, SaSlotLayout.FALLBACK, share.fallback().number());
    }

    private static void sharing(MemorySegment slot, Sharing sharing) {
        for (int dscp = 0; dscp < DSCPS; dscp++) {
            slot.set(JAVA_BYTE, SaSlotLayout.DSCP_SHARES + dscp, (byte) sharing.ofDscp(dscp));
        }
        int byDscp = sharing.any() ? SaSlotLayout.SHARING_BY_DSCP : SaSlotLayout.SHARING_NONE;
        INT.setRelease(slot, (long) SaSlotLayout.SHARING, sharing.byWorker() ? SaSlotLayout.SHARING_BY_WORKER : byDscp);
    }

    private static int outerDf(OuterDf df) {
        return switch (df) {
            case COPY -> SaSlotLayout.DF_COPIED;
            case SET -> SaSlotLayout.DF_SET;
            case CLEAR -> SaSlotLayout.DF_CLEARED;
        };
    }

    static long sequenceLimit(MemorySegment slot) {
        return (long) LONG.getAcquire(slot, (long) SaSlotLayout.SEQ_LIMIT);
    }

    static void sequenceLimit(MemorySegment slot, long limit) {
        LONG.setRelease(slot, (long) SaSlotLayout.SEQ_LIMIT, limit);
    }

    /** Writes the path under its seqlock: odd while it changes, another even number afterwards. */
    static void path(MemorySegment slot, Path path) {
        int version = slot.get(JAVA_INT, SaSlotLayout.PATH_VERSION);
        INT.setRelease(slot, (long) SaSlotLayout.PATH_VERSION, version + 1);
        VarHandle.fullFence();
        boolean raw = path.encapsulation() == Encapsulation.RAW;
        byte[] local = path.local().getAddress().getAddress();
        slot.set(JAVA_INT, SaSlotLayout.PATH_ENCAPSULATION, encapsulation(path.encapsulation()));
        slot.set(JAVA_INT, SaSlotLayout.PATH_FAMILY, local.length == 4 ? 4 : 6);
        slot.set(JAVA_INT, SaSlotLayout.PATH_MTU, path.mtu());
        address(slot, SaSlotLayout.PATH_LOCAL_ADDRESS, path.local().getAddress());
        address(slot, SaSlotLayout.PATH_REMOTE_ADDRESS, path.remote().getAddress());
        slot.set(JAVA_INT, SaSlotLayout.PATH_LOCAL_PORT, raw ? 0 : path.local().getPort());
        slot.set(
                JAVA_INT, SaSlotLayout.PATH_REMOTE_PORT, raw ? 0 : path.remote().getPort());
        INT.setRelease(slot, (long) SaSlotLayout.PATH_VERSION, version + 2);
    }

    private static void originals(MemorySegment slot, HostPair originals) {
        slot.set(JAVA_INT, SaSlotLayout.ORIGINAL_FAMILY, originals.isIpv4() ? 4 : 6);
        address(slot, SaSlotLayout.ORIGINAL_LOCAL_ADDRESS, originals.local());
        address(slot, SaSlotLayout.ORIGINAL_REMOTE_ADDRESS, originals.remote());
    }

    private static int encapsulation(Encapsulation encapsulation) {
        return switch (encapsulation) {
            case RAW -> SaSlotLayout.ENCAPSULATION_RAW;
            case UDP -> SaSlotLayout.ENCAPSULATION_UDP;
            case TCP -> SaSlotLayout.ENCAPSULATION_TCP;
        };
    }

    private static void address(MemorySegment slot, int offset, InetAddress address) {
        byte[] octets = address.getAddress();
        slot.asSlice(offset, 16).fill((byte) 0);
        MemorySegment.copy(octets, 0, slot, JAVA_BYTE, offset, octets.length);
    }

    private static void requireKeys(SaSuite suite, SaKeys keys) {
        if (suite.keyBits() != 0) {
            length("encryption key", keys.encryption(), suite.keyBits() / 8, suite.keyBits() / 8);
        }
        length("encryption key", keys.encryption(), 0, LONGEST_CIPHER_KEY);
        length("salt", keys.salt(), 0, LONGEST_SALT);
        length("integrity key", keys.integrity(), 0, LONGEST_INTEGRITY_KEY);
    }

    private static void length(String what, SecretBytes secret, int least, int most) {
        if (secret.length() < least || secret.length() > most) {
            throw new IllegalArgumentException(
                    "the " + what + " has " + secret.length() + " octets; the slot takes " + least + " to " + most);
        }
    }

    private static void copy(SecretBytes secret, MemorySegment slot, int offset) {
        secret.use(bytes -> {
            MemorySegment.copy(bytes, 0, slot, JAVA_BYTE, offset, bytes.length);
            return bytes.length;
        });
    }
}
