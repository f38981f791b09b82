package org.sallyport.spd.internal.service;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.sa.IkeSaId;

/** What peers assigned to this host, by the IKE SAs that it stands with, in the order in which that was told. Thread safe. */
final class AssignedBook {
    private final Map<IkeSaId, HostConfiguration> all = new LinkedHashMap<>();

    synchronized void put(IkeSaId ikeSa, HostConfiguration configuration) {
        all.remove(ikeSa);
        all.put(ikeSa, configuration);
    }

    synchronized void remove(IkeSaId ikeSa) {
        all.remove(ikeSa);
    }

    synchronized void replace(Map<IkeSaId, HostConfiguration> standing) {
        all.keySet().retainAll(standing.keySet());
        standing.forEach(all::putIfAbsent);
    }

    /** Returns the address of each family that each peer assigned last, by the peers' names. */
    synchronized Map<String, List<InetAddress>> byPeer() {
        Map<String, List<InetAddress>> result = new TreeMap<>();
        all.forEach((ikeSa, configuration) -> {
            List<InetAddress> held =
                    new ArrayList<>(result.getOrDefault(ikeSa.connection().name(), List.of()));
            configuration.addresses().forEach(a -> {
                held.removeIf(h -> Addresses.isIpv4(h) == Addresses.isIpv4(a));
                held.add(a);
            });
            result.put(ikeSa.connection().name(), List.copyOf(held));
        });
        return result;
    }
}
