package org.sallyport.crypto.internal;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.sallyport.api.plugin.PluginCalls;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.Transform;

/**
 * What a provider of somebody else's brings, asked for once. Its key exchanges are called at arm's length; what works on
 * every packet or message is called as it is, and must not block. Thread safe.
 */
final class Contribution implements CryptoProvider, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final CryptoProvider origin;
    private final String name;
    private final PluginCalls calls = new PluginCalls(PATIENCE, Duration.ZERO);
    private final List<Offer> offers;

    /** Asks a provider; whatever it throws, or says that makes no sense, is thrown. */
    Contribution(CryptoProvider origin) {
        this.origin = origin;
        this.name = Objects.requireNonNull(origin.name(), "a crypto provider has a name");
        this.offers = origin.offers().stream().map(this::guarded).toList();
    }

    private Offer guarded(Offer offer) {
        Transform transform = offer.transform();
        Objects.requireNonNull(transform.transform(), "a transform has an id");
        return transform instanceof KeyExchange method
                ? new Offer(new GuardedKeyExchange(method, name, calls), offer.cost())
                : offer;
    }

    boolean isOf(CryptoProvider provider) {
        return origin == provider;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Offer> offers() {
        return offers;
    }

    @Override
    public void close() {
        calls.close();
    }
}
