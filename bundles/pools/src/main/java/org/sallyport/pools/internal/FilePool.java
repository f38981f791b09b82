package org.sallyport.pools.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.PoolView;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.AddressPool;
import org.sallyport.api.pool.AddressRequest;
import org.sallyport.api.pool.AddressUnavailableException;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IkeSaId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pool of one file, with leases by identity that it remembers. Thread safe. */
final class FilePool implements AddressPool {
    private static final Logger LOG = LoggerFactory.getLogger(FilePool.class);

    /** Characters of an identity that is remembered: a peer that proves a longer one gets no address. */
    private static final int LONGEST_IDENTITY = 1024;

    private final String name;
    private final LeaseFile file;
    private PoolSettings settings;
    private Leases ipv4;
    private Leases ipv6;
    private boolean unwritten;

    /**
     * Starts with what a file remembers.
     *
     * @param name for people
     * @param file where leases are remembered
     */
    FilePool(String name, PoolSettings settings, LeaseFile file) {
        this.name = name;
        this.file = file;
        this.settings = settings;
        this.ipv4 = leases(settings, true);
        this.ipv6 = leases(settings, false);
        file.read().forEach(line -> of(line.address()).claim(line.identity(), line.address(), Optional.empty()));
    }

    private static Leases leases(PoolSettings settings, boolean ipv4) {
        return new Leases(
                settings.addresses().stream().filter(r -> r.isIpv4() == ipv4).toList());
    }

    private Leases of(InetAddress address) {
        return Addresses.isIpv4(address) ? ipv4 : ipv6;
    }

    /** Takes other settings over; who has an address that is no longer among them keeps it until its IKE SA ends. */
    synchronized void configure(PoolSettings changed) {
        List<Leases.Entry> before = entries();
        settings = changed;
        ipv4 = leases(changed, true);
        ipv6 = leases(changed, false);
        for (Leases.Entry each : before) {
            Leases leases = of(each.address());
            leases.claim(each.identity(), each.address(), Optional.empty());
            each.holders().forEach(h -> leases.claim(each.identity(), each.address(), Optional.of(h)));
        }
        unwritten = true;
    }

    @Override
    public synchronized HostConfiguration lease(AddressRequest request) throws AddressUnavailableException {
        String identity = request.identity().toString();
        if (identity.length() > LONGEST_IDENTITY) {
            throw new AddressUnavailableException(
                    Reason.of(ReasonCode.LIMIT_REACHED, "an identity that is given an address", LONGEST_IDENTITY));
        }
        List<InetAddress> given = new ArrayList<>();
        @Nullable Leases exhausted = null;
        for (InetAddress wanted : request.wanted()) {
            Leases leases = of(wanted);
            if (!leases.isEmpty()) {
                Optional<InetAddress> address = leases.lease(identity, request.ikeSa(), wanted);
                address.ifPresent(given::add);
                exhausted = address.isEmpty() ? leases : exhausted;
            }
        }
        if (given.isEmpty() && exhausted != null) {
            throw new AddressUnavailableException(Reason.of(ReasonCode.POOL_EXHAUSTED, name, exhausted.size()));
        }
        unwritten |= !given.isEmpty();
        return told(given);
    }

    /** What is said of a family goes to who has an address of it; a DNS server may be asked by either. */
    private HostConfiguration told(List<InetAddress> given) {
        if (given.isEmpty()) {
            return HostConfiguration.NONE;
        }
        List<AddressRange> subnets = settings.subnets().stream()
                .filter(s -> given.stream().anyMatch(a -> Addresses.isIpv4(a) == s.isIpv4()))
                .toList();
        return new HostConfiguration(given, settings.dnsServers(), subnets, settings.domains());
    }

    @Override
    public synchronized void release(AddressLease lease) {
        for (Leases leases : List.of(ipv4, ipv6)) {
            leases.release(lease.identity().toString(), lease.ikeSa());
        }
        unwritten = true;
    }

    @Override
    public synchronized void standing(List<AddressLease> standing) {
        ipv4.releaseAll();
        ipv6.releaseAll();
        for (AddressLease lease : standing) {
            for (InetAddress address : lease.configuration().addresses()) {
                of(address).claim(lease.identity().toString(), address, Optional.of(lease.ikeSa()));
            }
        }
        unwritten = true;
    }

    private synchronized List<Leases.Entry> entries() {
        return Stream.concat(ipv4.entries().stream(), ipv6.entries().stream()).toList();
    }

    private synchronized Optional<List<LeaseFile.Line>> toWrite() {
        if (!unwritten) {
            return Optional.empty();
        }
        unwritten = false;
        return Optional.of(entries().stream()
                .map(e -> new LeaseFile.Line(e.identity(), e.address()))
                .toList());
    }

    /** Writes what has changed; called by one thread at a time. */
    void remember() {
        Optional<List<LeaseFile.Line>> lines = toWrite();
        if (lines.isEmpty()) {
            return;
        }
        try {
            file.write(lines.get());
        } catch (IOException e) {
            LOG.warn("the leases of pool {} are not remembered over a restart: {}", name, e.toString());
        }
    }

    synchronized PoolView view() {
        List<PoolView.Claim> claims = entries().stream()
                .map(e -> new PoolView.Claim(
                        e.address(),
                        e.identity(),
                        e.holders().stream().map(IkeSaId::toString).sorted().toList()))
                .toList();
        return new PoolView(
                name,
                settings.addresses(),
                (ipv4.isEmpty() ? 0 : ipv4.size()) + (ipv6.isEmpty() ? 0 : ipv6.size()),
                ipv4.used() + ipv6.used(),
                settings.dnsServers(),
                settings.subnets(),
                settings.domains(),
                claims);
    }
}
