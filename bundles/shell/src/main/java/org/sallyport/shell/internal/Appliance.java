package org.sallyport.shell.internal;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.sallyport.api.admin.CaptureInspection;
import org.sallyport.api.admin.ConfigurationChanges;
import org.sallyport.api.admin.ConfigurationInspection;
import org.sallyport.api.admin.ConnectionControl;
import org.sallyport.api.admin.ConnectionInspection;
import org.sallyport.api.admin.DataPlaneInspection;
import org.sallyport.api.admin.HoldInspection;
import org.sallyport.api.admin.IkeInspection;
import org.sallyport.api.admin.LoginControl;
import org.sallyport.api.admin.PoolInspection;
import org.sallyport.api.admin.PoolView;
import org.sallyport.api.admin.SaInspection;
import org.sallyport.api.flow.FlowGate;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.SaTable;

/** The services that commands speak to; each may be absent, and the commands are there all the same. Thread safe. */
@Component(immediate = true, service = Appliance.class)
public final class Appliance {
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable SaInspection sas;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable SaTable saTable;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable IkeInspection ikeSas;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable HoldInspection holds;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable FlowGate gate;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable CaptureInspection capture;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable ConfigurationInspection configuration;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable ConfigurationChanges changes;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable DataPlane dataPlane;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable DataPlaneInspection packets;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable Spd spd;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable Pad pad;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable ConnectionInspection connections;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable ConnectionControl connectionControl;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable LoginControl logins;

    private final Set<PoolInspection> pools = ConcurrentHashMap.newKeySet();
    private final Map<String, Negotiator> negotiators = new ConcurrentSkipListMap<>();

    @Activate
    public Appliance() {}

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addNegotiator(Negotiator negotiator, Map<String, Object> properties) {
        negotiators.put(name(properties), negotiator);
    }

    void removeNegotiator(Negotiator negotiator, Map<String, Object> properties) {
        negotiators.remove(name(properties), negotiator);
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addPool(PoolInspection pool) {
        pools.add(pool);
    }

    void removePool(PoolInspection pool) {
        pools.remove(pool);
    }

    /** Returns the address pools that there are. */
    List<PoolView> pools() {
        return pools.stream()
                .flatMap(p -> p.view().stream())
                .sorted(Comparator.comparing(PoolView::name))
                .toList();
    }

    private static String name(Map<String, Object> properties) {
        return String.valueOf(properties.get(Negotiator.NAME));
    }

    SaInspection sas() {
        return present(sas, Capability.SAD);
    }

    SaTable saTable() {
        return present(saTable, Capability.SAD);
    }

    IkeInspection ikeSas() {
        return present(ikeSas, Capability.IKE);
    }

    HoldInspection holds() {
        return present(holds, Capability.INTERCEPTOR);
    }

    CaptureInspection capture() {
        return present(capture, Capability.CAPTURE);
    }

    ConfigurationInspection configuration() {
        return present(configuration, Capability.SPD);
    }

    ConfigurationChanges changes() {
        return present(changes, Capability.SPD);
    }

    ConnectionInspection connections() {
        return present(connections, Capability.CONNECTIONS);
    }

    ConnectionControl connectionControl() {
        return present(connectionControl, Capability.CONNECTIONS);
    }

    LoginControl logins() {
        return present(logins, Capability.INTERCEPTOR);
    }

    DataPlaneInspection packets() {
        return present(packets, Capability.CLASSIFIER);
    }

    Spd spd() {
        return present(spd, Capability.SPD);
    }

    Pad pad() {
        return present(pad, Capability.SPD);
    }

    /** Returns the negotiator that a policy names. */
    Negotiator negotiator(String name) {
        return present(negotiators.get(name), Capability.IKE);
    }

    /** Tells whether a capability is there. */
    boolean has(Capability capability) {
        Object service =
                switch (capability) {
                    case SPD -> spd;
                    case SAD -> saTable;
                    case IKE -> negotiators.isEmpty() ? null : negotiators;
                    case CLASSIFIER -> dataPlane;
                    case INTERCEPTOR -> gate;
                    case CONNECTIONS -> connections;
                    case CAPTURE -> capture;
                };
        return Optional.ofNullable(service).isPresent();
    }

    private static <T> T present(@Nullable T service, Capability capability) {
        if (service == null) {
            throw new SentenceException(capability.absence());
        }
        return service;
    }
}
