package org.sallyport.benchmarks.handshakes;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Prf;
import org.sallyport.ike.internal.keys.AuthOctets;
import org.sallyport.ike.internal.message.AuthMethod;
import org.sallyport.ike.internal.message.Payload;

/** By the key that all clients share. */
final class SharedKeyProof implements Proof {
    private final SecretBytes key;

    SharedKeyProof(String secret) {
        key = SecretBytes.owning(secret.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String identity(int n) {
        return "c" + n + Clients.PSK_DOMAIN;
    }

    @Override
    public String addresses() {
        return Clients.PSK_ADDRESSES;
    }

    @Override
    public List<Payload> payloads(Prf prf, byte[] octets) {
        return List.of(new Payload.Authentication(AuthMethod.SHARED_KEY, AuthOctets.sharedKey(prf, key, octets)));
    }
}
