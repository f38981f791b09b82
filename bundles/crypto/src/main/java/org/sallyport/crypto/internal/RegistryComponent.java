package org.sallyport.crypto.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Encryption;
import org.sallyport.crypto.Integrity;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The registry as a service: follows the providers that come and go. */
@Component(service = CryptoRegistry.class, immediate = true, configurationPid = "org.sallyport.crypto")
@Designate(ocd = RegistryConfig.class)
public final class RegistryComponent implements CryptoRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryComponent.class);

    private final List<CryptoProvider> providers = new CopyOnWriteArrayList<>();
    private Set<String> leftOut = Set.of();
    private volatile ProviderIndex index = new ProviderIndex(List.of());

    /** Starts without providers; they are bound as they come. */
    public RegistryComponent() {}

    @Activate
    @Modified
    void configure(RegistryConfig config) {
        leaveOut(config.leave_out());
    }

    synchronized void leaveOut(String names) {
        Set<String> before = leftOut;
        leftOut = Arrays.stream(names.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        index = index(providers);
        if (!leftOut.equals(before)) {
            LOG.info("crypto providers left out are {}; used are {}", leftOut, index.providers());
        }
    }

    private ProviderIndex index(List<CryptoProvider> all) {
        return new ProviderIndex(all.stream()
                .filter(provider -> !leftOut.contains(provider.name()))
                .toList());
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    synchronized void addProvider(CryptoProvider provider) {
        try {
            CryptoProvider taken = ours(provider) ? provider : new Contribution(provider);
            List<CryptoProvider> all = new ArrayList<>(providers);
            all.add(taken);
            index = index(all);
            providers.add(taken);
            LOG.info("crypto provider {} brings {}", taken.name(), names(taken));
        } catch (RuntimeException | LinkageError e) {
            LOG.error("crypto provider {} is not taken, for what it offers cannot be read", provider.getClass(), e);
        }
    }

    synchronized void removeProvider(CryptoProvider provider) {
        List<CryptoProvider> gone = providers.stream()
                .filter(p -> p == provider || (p instanceof Contribution c && c.isOf(provider)))
                .toList();
        providers.removeAll(gone);
        index = index(providers);
        for (CryptoProvider each : gone) {
            LOG.info("crypto provider {} is gone; left are {}", each.name(), index.available());
            if (each instanceof Contribution contribution) {
                contribution.close();
            }
        }
    }

    private static boolean ours(CryptoProvider provider) {
        return provider instanceof JdkProvider
                || provider instanceof BouncyCastleProvider
                || provider instanceof LibcryptoProvider
                || provider instanceof IpsecMbProvider;
    }

    @Override
    public Set<TransformId> available() {
        return index.available();
    }

    @Override
    public String providerOf(TransformId transform) throws UnavailableTransformException {
        return index.providerOf(transform);
    }

    @Override
    public KeyExchange keyExchange(int id) throws UnavailableTransformException {
        return index.keyExchange(id);
    }

    @Override
    public Prf prf(int id) throws UnavailableTransformException {
        return index.prf(id);
    }

    @Override
    public Aead aead(int id, int keyBits) throws UnavailableTransformException {
        return index.aead(id, keyBits);
    }

    @Override
    public Encryption encryption(int id, int keyBits) throws UnavailableTransformException {
        return index.encryption(id, keyBits);
    }

    @Override
    public Integrity integrity(int id) throws UnavailableTransformException {
        return index.integrity(id);
    }

    @Override
    public boolean authenticates(int encryption, int keyBits) throws UnavailableTransformException {
        return index.authenticates(encryption, keyBits);
    }

    private static List<TransformId> names(CryptoProvider provider) {
        return provider.offers().stream()
                .map(offer -> offer.transform().transform())
                .toList();
    }
}
