package org.sallyport.crypto.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Encryption;
import org.sallyport.crypto.Integrity;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.Transform;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;

/** The cheapest offer for each transform among a fixed list of providers; of equals, the provider named first. */
public final class ProviderIndex implements CryptoRegistry {
    private record Entry(CryptoProvider provider, Transform transform, long cost) {
        Entry cheaper(Entry other) {
            return other.cost < cost ? other : this;
        }
    }

    private final List<String> providers;
    private final Map<TransformId, Entry> best;

    /** Indexes what the providers offer. */
    public ProviderIndex(List<CryptoProvider> providers) {
        Map<TransformId, Entry> index = new HashMap<>();
        for (CryptoProvider provider : providers) {
            for (CryptoProvider.Offer offer : provider.offers()) {
                Entry entry = new Entry(provider, offer.transform(), offer.cost());
                index.merge(offer.transform().transform(), entry, Entry::cheaper);
            }
        }
        best = Map.copyOf(index);
        this.providers = providers.stream().map(CryptoProvider::name).toList();
    }

    /** Returns the names of the providers. */
    List<String> providers() {
        return providers;
    }

    @Override
    public Set<TransformId> available() {
        return best.keySet();
    }

    @Override
    public String providerOf(TransformId transform) throws UnavailableTransformException {
        return entry(transform).provider().name();
    }

    @Override
    public KeyExchange keyExchange(int id) throws UnavailableTransformException {
        return find(TransformId.keyExchange(id), KeyExchange.class);
    }

    @Override
    public Prf prf(int id) throws UnavailableTransformException {
        return find(TransformId.prf(id), Prf.class);
    }

    @Override
    public Aead aead(int id, int keyBits) throws UnavailableTransformException {
        return find(TransformId.encr(id, keyBits), Aead.class);
    }

    @Override
    public Encryption encryption(int id, int keyBits) throws UnavailableTransformException {
        return find(TransformId.encr(id, keyBits), Encryption.class);
    }

    @Override
    public Integrity integrity(int id) throws UnavailableTransformException {
        return find(TransformId.integrity(id), Integrity.class);
    }

    @Override
    public boolean authenticates(int encryption, int keyBits) throws UnavailableTransformException {
        return entry(TransformId.encr(encryption, keyBits)).transform() instanceof Aead;
    }

    private <T extends Transform> T find(TransformId wanted, Class<T> kind) throws UnavailableTransformException {
        Entry entry = entry(wanted);
        if (!kind.isInstance(entry.transform())) {
            throw new UnavailableTransformException(
                    wanted,
                    "provider " + entry.provider().name() + " brings a "
                            + entry.transform().getClass().getName() + ", which is no " + kind.getSimpleName());
        }
        return kind.cast(entry.transform());
    }

    private Entry entry(TransformId wanted) throws UnavailableTransformException {
        @Nullable Entry entry = best.get(wanted);
        if (entry == null) {
            throw new UnavailableTransformException(wanted, Remedies.of(wanted));
        }
        return entry;
    }
}
