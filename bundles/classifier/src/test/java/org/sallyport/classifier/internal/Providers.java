package org.sallyport.classifier.internal;

import java.util.List;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.StandardProviders;

/** Who computes what protects packets, for one worker. */
public enum Providers {
    /** Whoever this machine has, the cheapest first. */
    ALL,
    /** What is there everywhere. */
    JDK;

    private SaFactory factory() {
        List<CryptoProvider> providers = StandardProviders.all().stream()
                .filter(provider -> this == ALL || provider.name().equals("jdk"))
                .toList();
        CryptoRegistry registry = CryptoRegistry.of(providers);
        return new SaFactory(1, () -> registry, sa -> {});
    }

    public InboundSa inbound(InstalledSa sa) throws SaRefusedException {
        return factory().inbound(sa);
    }

    public OutboundSa outbound(InstalledSa sa) throws SaRefusedException {
        return factory().outbound(sa, new SpiKey(IpsecProtocol.ESP, sa.key().spi() + 1));
    }
}
