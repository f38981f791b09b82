package org.sallyport.benchmarks.handshakes;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.SplittableRandom;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.Protection;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.keys.SkCipher;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.Proposal;
import org.sallyport.ike.internal.message.ProtocolId;
import org.sallyport.ike.internal.message.TrafficSelector;
import org.sallyport.ike.internal.message.Transform;

/**
 * The algorithms of all clients, and the one key share that they use again and again so that the load costs its side little
 * (RFC 7296 section 2.12 allows it; a real initiator would limit it in time). Used by one thread.
 */
final class LoadSuite {
    /** x25519. */
    static final int METHOD = TransformId.KE_X25519;

    /** AES-128-GCM, of IKE SAs and Child SAs. */
    static final Transform CIPHER = Transform.of(Transform.ENCR, TransformId.ENCR_AES_GCM_16, 128);

    /** The same in words. */
    static final String IKE_WORDS = "aes128gcm16-prfsha256-x25519";

    /** The Child SA's in words. */
    static final String ESP_WORDS = "aes128gcm16-noesn";

    static final Proposal IKE_PROPOSAL = new Proposal(
            1,
            ProtocolId.IKE,
            Bytes.EMPTY,
            List.of(
                    CIPHER,
                    Transform.of(Transform.PRF, TransformId.PRF_HMAC_SHA2_256),
                    Transform.of(Transform.KE, METHOD)));

    private final SplittableRandom random = new SplittableRandom();
    private final KeyExchange.KeyPair pair;
    private final Bytes share;
    private final Prf prf;
    private final Protection protection;
    private final SkCipher cipher;

    LoadSuite() {
        try {
            CryptoRegistry crypto = CryptoRegistry.of(StandardProviders.all());
            pair = crypto.keyExchange(METHOD).generate(new SecureRandom());
            share = Bytes.of(pair.publicValue());
            prf = crypto.prf(TransformId.PRF_HMAC_SHA2_256);
            protection = Protection.of(crypto, TransformId.ENCR_AES_GCM_16, 128, TransformId.AUTH_NONE);
            cipher = new SkCipher(protection);
        } catch (UnavailableTransformException e) {
            throw new IllegalStateException("the load generator lacks an algorithm", e);
        }
    }

    SplittableRandom random() {
        return random;
    }

    Bytes randomBytes(int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }

    Bytes share() {
        return share;
    }

    SecretBytes agree(byte[] peerShare) throws InvalidPublicValueException {
        return pair.agree(peerShare);
    }

    Prf prf() {
        return prf;
    }

    Protection protection() {
        return protection;
    }

    SkCipher cipher() {
        return cipher;
    }

    static TrafficSelector behindResponder() {
        AddressRange range = AddressRange.parse(Clients.BEHIND_RESPONDER);
        InetAddress first = range.first();
        return TrafficSelector.range(first, range.last(), 0, 0, TrafficSelector.MAX_PORT);
    }
}
