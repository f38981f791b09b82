package org.sallyport.classifier.internal.flow;

import static org.sallyport.linux.memory.RawMemory.copyOut;
import static org.sallyport.linux.memory.RawMemory.getInt;

import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.classifier.internal.packet.NatRepair;
import org.sallyport.classifier.internal.packet.TransportHeader;

/** What packets that arrive by an SA in transport mode lack, and what an address translator broke in them. Immutable. */
public final class TransportEntry {
    private final TransportHeader header;
    private final @Nullable NatRepair repair;

    /**
     * @param hosts between which the SA carries
     * @param slot the SA's
     */
    TransportEntry(HostPair hosts, long slot) {
        this.header = new TransportHeader(hosts);
        this.repair = originals(slot)
                .filter(original -> !original.equals(hosts))
                .map(original -> new NatRepair(original, hosts))
                .orElse(null);
    }

    private static Optional<HostPair> originals(long slot) {
        int family = getInt(slot + SaSlotLayout.ORIGINAL_FAMILY);
        return family == 0
                ? Optional.empty()
                : Optional.of(new HostPair(
                        address(slot + SaSlotLayout.ORIGINAL_LOCAL_ADDRESS, family),
                        address(slot + SaSlotLayout.ORIGINAL_REMOTE_ADDRESS, family)));
    }

    private static InetAddress address(long at, int family) {
        byte[] octets = new byte[family == 4 ? 4 : 16];
        copyOut(at, octets, 0, octets.length);
        return Addresses.of(octets);
    }

    /** Returns the IP header that packets get. */
    public TransportHeader header() {
        return header;
    }

    /** Repairs a packet that has its header. */
    public void repair(long ip, InnerPacket packet) {
        if (repair != null) {
            repair.apply(ip, packet);
        }
    }
}
