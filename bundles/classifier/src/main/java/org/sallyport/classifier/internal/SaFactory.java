package org.sallyport.classifier.internal;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.ah.AhIcv;
import org.sallyport.classifier.internal.ah.AhSigner;
import org.sallyport.classifier.internal.esp.CryptoBuffers;
import org.sallyport.classifier.internal.esp.EncryptThenMac;
import org.sallyport.classifier.internal.esp.InPlaceAead;
import org.sallyport.classifier.internal.esp.InPlaceEncryptThenMac;
import org.sallyport.classifier.internal.esp.JdkGcm;
import org.sallyport.classifier.internal.esp.PacketAead;
import org.sallyport.classifier.internal.esp.PacketProtection;
import org.sallyport.classifier.internal.esp.RegistryAead;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.worker.Rehearsal;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Encryption;
import org.sallyport.crypto.Integrity;
import org.sallyport.crypto.MemoryAead;
import org.sallyport.crypto.MemoryEncryption;
import org.sallyport.crypto.MemoryIntegrity;
import org.sallyport.crypto.Protection;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;

/**
 * Turns what the SAD installs into what workers use, and refuses what they cannot carry. The worker that owns an inbound SA
 * follows from its SPI, as the kernel's split of the port does; the one that owns an outbound SA from its lineage, so that a
 * flow that goes on by a successor does not overtake what the predecessor has yet to seal.
 */
final class SaFactory implements Rehearsal.Factory {
    private final CryptoBuffers[] sending;
    private final CryptoBuffers[] receiving;
    private final Supplier<@Nullable CryptoRegistry> registry;
    private final Consumer<OutboundSa> wishes;

    /** @param wishes is told of SAs that want more sequence numbers */
    SaFactory(int workers, Supplier<@Nullable CryptoRegistry> registry, Consumer<OutboundSa> wishes) {
        this.wishes = wishes;
        this.registry = registry;
        sending = buffers(workers);
        receiving = buffers(workers);
    }

    private static CryptoBuffers[] buffers(int workers) {
        CryptoBuffers[] result = new CryptoBuffers[workers];
        for (int i = 0; i < workers; i++) {
            result[i] = new CryptoBuffers();
        }
        return result;
    }

    @Override
    public InboundSa inbound(InstalledSa sa) throws SaRefusedException {
        check(sa);
        PacketProtection protection = isAh(sa) ? icv(sa.slot()) : protection(sa.slot(), receiving[owner(sa.key())]);
        return new InboundSa(sa, protection);
    }

    @Override
    public OutboundSa outbound(InstalledSa sa, SpiKey inbound) throws SaRefusedException {
        check(sa);
        int owner = sendingOwner(sa);
        PacketProtection protection = isAh(sa)
                ? new AhSigner(icv(sa.slot()), sa.key().spi(), sending[owner].input())
                : protection(sa.slot(), sending[owner]);
        return new OutboundSa(sa, inbound, owner, protection, wishes);
    }

    /** With a share for each worker the one after the worker of the SA beside which it stands; else that one. */
    private int sendingOwner(InstalledSa sa) {
        int share = field(sa.slot(), SaSlotLayout.SHARE);
        if (share == 0) {
            return Math.floorMod(sa.lineage().number(), sending.length);
        }
        long fallback = RawMemory.getLong(sa.slot().address() + SaSlotLayout.FALLBACK);
        boolean byWorker = field(sa.slot(), SaSlotLayout.SHARING) == SaSlotLayout.SHARING_BY_WORKER;
        return Math.floorMod(byWorker ? fallback + share : fallback, sending.length);
    }

    private static boolean isAh(InstalledSa sa) {
        return sa.key().protocol() == IpsecProtocol.AH;
    }

    private AhIcv icv(MemorySegment slot) throws SaRefusedException {
        CryptoRegistry present = registry.get();
        if (present == null) {
            throw absent("every AH transform", "start bundle org.sallyport.crypto");
        }
        try {
            return new AhIcv(present.integrity(field(slot, SaSlotLayout.INTEGRITY)), slot.address());
        } catch (UnavailableTransformException e) {
            throw absent(String.valueOf(e.getMessage()), "the classifier carries what the algorithm registry has");
        }
    }

    private PacketAead protection(MemorySegment slot, CryptoBuffers buffers) throws SaRefusedException {
        if (field(slot, SaSlotLayout.ENCRYPTION) == TransformId.ENCR_AES_GCM_16
                && field(slot, SaSlotLayout.INTEGRITY) == TransformId.AUTH_NONE) {
            return aesGcm(slot, buffers);
        }
        CryptoRegistry present = registry.get();
        if (present == null) {
            throw absent("every ESP transform but AES-GCM", "start bundle org.sallyport.crypto");
        }
        try {
            return registered(present, slot, buffers);
        } catch (UnavailableTransformException | IllegalArgumentException e) {
            throw absent(String.valueOf(e.getMessage()), "the classifier carries what the algorithm registry has");
        }
    }

    /** AES-GCM needs no registry: where that has none that works in memory, the JDK's is taken on the shortest way. */
    private PacketAead aesGcm(MemorySegment slot, CryptoBuffers buffers) throws SaRefusedException {
        int keyBits = field(slot, SaSlotLayout.KEY_BITS);
        requireAesKey(keyBits);
        MemoryAead inMemory = aesGcmInMemory(registry.get(), keyBits);
        return inMemory == null ? new JdkGcm(slot.address(), buffers) : new InPlaceAead(inMemory, slot.address());
    }

    private static @Nullable MemoryAead aesGcmInMemory(@Nullable CryptoRegistry present, int keyBits) {
        try {
            return present != null && present.aead(TransformId.ENCR_AES_GCM_16, keyBits) instanceof MemoryAead aead
                    ? aead
                    : null;
        } catch (UnavailableTransformException e) {
            return null;
        }
    }

    private static PacketAead registered(CryptoRegistry present, MemorySegment slot, CryptoBuffers buffers)
            throws UnavailableTransformException {
        int encryption = field(slot, SaSlotLayout.ENCRYPTION);
        int integrity = field(slot, SaSlotLayout.INTEGRITY);
        int keyBits = field(slot, SaSlotLayout.KEY_BITS);
        // an algorithm of a fixed key length is negotiated without one
        int attribute = present.supports(TransformId.encr(encryption, keyBits)) ? keyBits : 0;
        Protection.of(present, encryption, attribute, integrity);
        if (!present.authenticates(encryption, attribute)) {
            return encryptThenMac(
                    present.encryption(encryption, attribute), present.integrity(integrity), slot.address(), buffers);
        }
        return present.aead(encryption, attribute) instanceof MemoryAead aead
                ? new InPlaceAead(aead, slot.address())
                : new RegistryAead(present.aead(encryption, attribute), slot.address(), buffers);
    }

    private static PacketAead encryptThenMac(
            Encryption encryption, Integrity integrity, long slot, CryptoBuffers buffers) {
        return encryption instanceof MemoryEncryption cipher && integrity instanceof MemoryIntegrity mac
                ? new InPlaceEncryptThenMac(cipher, mac, slot)
                : new EncryptThenMac(encryption, integrity, slot, buffers);
    }

    /** Names who seals packets with AES-GCM from now on. */
    String sealsAesGcm() {
        CryptoRegistry present = registry.get();
        if (present == null || aesGcmInMemory(present, 256) == null) {
            return "the JDK";
        }
        try {
            return present.providerOf(TransformId.encr(TransformId.ENCR_AES_GCM_16, 256));
        } catch (UnavailableTransformException e) {
            return "the JDK";
        }
    }

    private int owner(SpiKey inbound) {
        return Integer.remainderUnsigned(inbound.spi(), sending.length);
    }

    private static void check(InstalledSa sa) throws SaRefusedException {
        MemorySegment slot = sa.slot();
        if (slot.byteSize() < SaSlotLayout.SIZE || field(slot, SaSlotLayout.VERSION) != SaSlotLayout.LAYOUT_VERSION) {
            throw absent("slot layout " + field(slot, SaSlotLayout.VERSION), "restart the appliance as a whole");
        }
        if (isAh(sa) && isEncapsulated(sa)) {
            throw absent("AH in UDP or TCP", "it has no such form; use ESP");
        }
        if (field(slot, SaSlotLayout.MODE) != SaSlotLayout.MODE_TUNNEL
                && sa.selectors().hosts().isEmpty()) {
            throw absent("transport mode for selectors " + sa.selectors(), "it is for one address on each side");
        }
        int encapsulation = field(slot, SaSlotLayout.PATH_ENCAPSULATION);
        if (encapsulation < SaSlotLayout.ENCAPSULATION_RAW || encapsulation > SaSlotLayout.ENCAPSULATION_TCP) {
            throw absent("encapsulation " + encapsulation, "ESP goes by itself, in UDP (RFC 3948) or TCP (RFC 9329)");
        }
        int window = field(slot, SaSlotLayout.REPLAY_WINDOW);
        if (window < 64 || window > SaSlotLayout.REPLAY_BITMAP_SIZE * 8) {
            throw absent("a replay window of " + window + " packets", "64 to 8192 are");
        }
    }

    /** Tells whether an SA's packets travel in UDP (RFC 3948) or TCP (RFC 9329). */
    static boolean isEncapsulated(InstalledSa sa) {
        return field(sa.slot(), SaSlotLayout.PATH_ENCAPSULATION) != SaSlotLayout.ENCAPSULATION_RAW;
    }

    /** Returns the protocol of an SA's packets where they travel by themselves. */
    static RawProtocol rawProtocol(InstalledSa sa) {
        return isAh(sa) ? RawProtocol.AH : RawProtocol.ESP;
    }

    /** Returns the address family of an SA's path. */
    static Family pathFamily(InstalledSa sa) {
        return field(sa.slot(), SaSlotLayout.PATH_FAMILY) == 4 ? Family.IPV4 : Family.IPV6;
    }

    private static void requireAesKey(int bits) throws SaRefusedException {
        if (bits != 128 && bits != 192 && bits != 256) {
            throw absent("AES with a key of " + bits + " bits", "128, 192 and 256 are");
        }
    }

    private static int field(MemorySegment slot, int offset) {
        return RawMemory.getInt(slot.address() + offset);
    }

    private static SaRefusedException absent(String what, String remedy) {
        return new SaRefusedException(Reason.of(ReasonCode.CAPABILITY_ABSENT, what, remedy));
    }
}
