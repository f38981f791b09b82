package org.sallyport.ike.internal.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.AddressPool;
import org.sallyport.api.pool.AddressRequest;
import org.sallyport.api.pool.AddressUnavailableException;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.Outcome;
import org.sallyport.ike.internal.core.Question;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools that there are, asked with a bound on how many calls each has under way: one that hangs has no more of our
 * threads than that. Whoever asks waits no longer than its own deadline. Thread safe; may block.
 */
@Component(service = AddressPools.class)
public final class AddressPools {
    private static final Logger LOG = LoggerFactory.getLogger(AddressPools.class);

    /** Calls of one pool that are under way at once. */
    static final int MOST_CALLS = 64;

    private final Map<String, AddressPool> pools = new ConcurrentHashMap<>();
    private final Map<AddressPool, Semaphore> calls = new ConcurrentHashMap<>();
    private volatile @Nullable Supplier<List<AddressLease>> standing;

    @Activate
    public AddressPools() {}

    /** A pool comes: it hears of what it leased before it is asked for more. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void bindPool(AddressPool pool, Map<String, Object> properties) {
        String name = String.valueOf(properties.get(AddressPool.NAME));
        Supplier<List<AddressLease>> leases = standing;
        if (leases != null) {
            tell(name, pool, leases.get());
        }
        pools.put(name, pool);
    }

    public void unbindPool(AddressPool pool) {
        pools.values().remove(pool);
        calls.remove(pool);
    }

    /**
     * The IKE SAs go on: every pool hears of its leases, now and whenever one comes.
     *
     * @param leases returns those that stand
     */
    public void follow(Supplier<List<AddressLease>> leases) {
        standing = leases;
        List<AddressLease> now = leases.get();
        pools.forEach((name, pool) -> tell(name, pool, now));
    }

    private static void tell(String name, AddressPool pool, List<AddressLease> leases) {
        try {
            pool.standing(leases.stream().filter(l -> l.pool().equals(name)).toList());
        } catch (RuntimeException | LinkageError e) {
            LOG.error("address pool {} did not hear which leases stand", name, e);
        }
    }

    /** Asks a peer's pools in their order, until each family that it wants has an address. */
    public Outcome answer(Question.LeaseAddresses question) {
        AddressRequest request = question.request();
        List<AddressLease> leases = new ArrayList<>();
        List<InetAddress> wanted = new ArrayList<>(request.wanted());
        Optional<Reason> refusal = Optional.empty();
        for (String name : request.peer().pools()) {
            if (wanted.isEmpty()) {
                break;
            }
            try {
                HostConfiguration given =
                        lease(name, new AddressRequest(request.ikeSa(), request.peer(), request.identity(), wanted));
                leases.add(new AddressLease(name, request.ikeSa(), request.identity(), given));
                given.addresses().forEach(a -> wanted.removeIf(w -> Addresses.isIpv4(w) == Addresses.isIpv4(a)));
            } catch (AddressUnavailableException e) {
                LOG.debug("pool {} gives {} no address: {}", name, request.identity(), e.getMessage());
                refusal = refusal.or(() -> Optional.of(e.reason()));
            }
        }
        if (leases.stream().allMatch(l -> l.configuration().addresses().isEmpty())) {
            leases.forEach(this::release);
            return new Outcome.Failure(refusal.orElseGet(() -> Reason.of(
                    ReasonCode.ADDRESS_NOT_IN_POOLS,
                    request.peer(),
                    String.join(", ", request.peer().pools()))));
        }
        return new Outcome.Value(new Question.Leased(leases));
    }

    private HostConfiguration lease(String name, AddressRequest request) throws AddressUnavailableException {
        AddressPool pool = pools.get(name);
        if (pool == null) {
            throw new AddressUnavailableException(Reason.of(
                    ReasonCode.CAPABILITY_ABSENT,
                    "address pool \"" + name + "\"",
                    "write etc/org.sallyport.pool-" + name + ".cfg, or start the bundle that provides it"));
        }
        Semaphore permits = calls.computeIfAbsent(pool, p -> new Semaphore(MOST_CALLS));
        if (!permits.tryAcquire()) {
            throw new AddressUnavailableException(Reason.of(
                    ReasonCode.LIMIT_REACHED, "calls under way of address pool \"" + name + "\"", MOST_CALLS));
        }
        try {
            return sensible(name, Objects.requireNonNull(pool.lease(request), "it answered nothing"), request);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOG.error("address pool {} failed", name, e);
            throw new AddressUnavailableException(
                    Reason.of(ReasonCode.INTERNAL_ERROR, "address pool \"" + name + "\": " + e));
        } finally {
            permits.release();
        }
    }

    /** One address at most of each family that was asked for: a selector is made of it. */
    private static HostConfiguration sensible(String name, HostConfiguration given, AddressRequest request) {
        long families =
                given.addresses().stream().map(Addresses::isIpv4).distinct().count();
        boolean asked = given.addresses().stream()
                .allMatch(a -> request.wanted().stream().anyMatch(w -> Addresses.isIpv4(w) == Addresses.isIpv4(a)));
        boolean hosts = given.addresses().stream().noneMatch(a -> a.isAnyLocalAddress() || a.isMulticastAddress());
        if (families != given.addresses().size() || !asked || !hosts) {
            throw new IllegalStateException("pool " + name + " gave what nobody asked for: " + given.addresses());
        }
        return given;
    }

    /** Gives a lease back; may block. */
    public void release(AddressLease lease) {
        AddressPool pool = pools.get(lease.pool());
        if (pool == null) {
            return; // when it comes again it hears that this lease has ended
        }
        try {
            pool.release(lease);
        } catch (RuntimeException | LinkageError e) {
            LOG.error(
                    "address pool {} did not take {} back",
                    lease.pool(),
                    lease.configuration().addresses(),
                    e);
        }
    }
}
