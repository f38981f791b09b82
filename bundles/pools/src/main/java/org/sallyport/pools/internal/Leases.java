package org.sallyport.pools.internal;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.sa.IkeSaId;

/**
 * Who has, or had last, which address of one family. An identity gets the same address again unless all others were needed
 * meanwhile: then whoever has been away longest loses its claim. Not thread safe.
 */
final class Leases {
    /** Claims that are remembered; a larger range leaves addresses unused. */
    static final int MOST = 65_536;

    private static final class Claim {
        final InetAddress address;
        final Set<IkeSaId> holders = new HashSet<>();

        Claim(InetAddress address) {
            this.address = address;
        }
    }

    private final List<AddressRange> ranges;
    /** By identity, who was away longest first. */
    private final Map<String, Claim> claims = new LinkedHashMap<>();

    private final Map<InetAddress, String> owners = new HashMap<>();
    private @Nullable InetAddress last;

    Leases(List<AddressRange> ranges) {
        this.ranges = ranges;
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Returns how many addresses can be given out. */
    long size() {
        long size = 0;
        for (AddressRange range : ranges) {
            long high = Addresses.high(range.last()) - Addresses.high(range.first());
            long low = Addresses.low(range.last()) - Addresses.low(range.first());
            size += high != 0 || low < 0 || low >= MOST ? MOST : low + 1;
        }
        return Math.min(size, MOST);
    }

    long used() {
        return claims.values().stream().filter(c -> !c.holders.isEmpty()).count();
    }

    /** Gives an identity an address; empty when there is none. */
    Optional<InetAddress> lease(String identity, IkeSaId holder, InetAddress wanted) {
        Optional<Claim> claim = Optional.ofNullable(claims.remove(identity))
                .filter(c -> holds(c.address) || forget(identity, c))
                .or(() -> free(wanted).map(Claim::new));
        claim.ifPresent(c -> {
            c.holders.add(holder);
            claims.put(identity, c);
            owners.put(c.address, identity);
        });
        return claim.map(c -> c.address);
    }

    private boolean forget(String identity, Claim claim) {
        owners.remove(claim.address, identity);
        return false;
    }

    private boolean holds(InetAddress address) {
        return ranges.stream().anyMatch(r -> r.contains(address));
    }

    private Optional<InetAddress> free(InetAddress wanted) {
        if (holds(wanted) && !owners.containsKey(wanted)) {
            return Optional.of(wanted);
        }
        if (claims.size() < size()) {
            return Optional.of(unclaimed());
        }
        return claims.entrySet().stream()
                .filter(e -> e.getValue().holders.isEmpty())
                .findFirst()
                .map(Map.Entry::getKey)
                .map(this::evict);
    }

    private InetAddress evict(String identity) {
        Claim claim = java.util.Objects.requireNonNull(claims.remove(identity));
        owners.remove(claim.address);
        return claim.address;
    }

    /** There are fewer claims than addresses, so that one is found within as many steps as there are claims. */
    private InetAddress unclaimed() {
        InetAddress candidate = last == null ? ranges.getFirst().first() : after(last);
        while (owners.containsKey(candidate)) {
            candidate = after(candidate);
        }
        last = candidate;
        return candidate;
    }

    private InetAddress after(InetAddress address) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).contains(address)) {
                return address.equals(ranges.get(i).last())
                        ? ranges.get((i + 1) % ranges.size()).first()
                        : next(address);
            }
        }
        return ranges.getFirst().first();
    }

    private static InetAddress next(InetAddress address) {
        long low = Addresses.low(address) + 1;
        long carry = low == 0 ? 1 : 0;
        return Addresses.of(Addresses.isIpv4(address), Addresses.high(address) + carry, low);
    }

    /** An IKE SA has ended; the claim stays, and is the latest of those that nobody uses. */
    void release(String identity, IkeSaId holder) {
        Claim claim = claims.get(identity);
        if (claim != null && claim.holders.remove(holder) && claim.holders.isEmpty()) {
            claims.remove(identity);
            claims.put(identity, claim);
        }
    }

    /** Nobody uses an address until {@link #claim} says so. */
    void releaseAll() {
        claims.values().forEach(c -> c.holders.clear());
    }

    /** An identity has an address, as its IKE SA or a file of ours says; an address of other ranges, or of another, is not believed. */
    void claim(String identity, InetAddress address, Optional<IkeSaId> holder) {
        Claim claim = claims.get(identity);
        if (claim == null && claims.size() < MOST && holds(address) && !owners.containsKey(address)) {
            claim = new Claim(address);
            claims.put(identity, claim);
            owners.put(address, identity);
        }
        if (claim != null && claim.address.equals(address)) {
            holder.ifPresent(claim.holders::add);
        }
    }

    /**
     * A claim as people and files have it.
     *
     * @param holders the IKE SAs that it stands with; none where its identity is away
     */
    record Entry(String identity, InetAddress address, List<IkeSaId> holders) {}

    /** Returns every claim, who was away longest first. */
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        claims.forEach((identity, c) -> entries.add(new Entry(identity, c.address, List.copyOf(c.holders))));
        return entries;
    }
}
