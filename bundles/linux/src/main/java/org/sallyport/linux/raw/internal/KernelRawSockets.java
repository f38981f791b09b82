package org.sallyport.linux.raw.internal;

import java.util.EnumMap;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawLease;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.raw.RawSockets;
import org.sallyport.linux.udp.internal.KernelUdpPorts;
import org.sallyport.linux.udp.internal.UdpConfig;

/** The raw sockets of ESP and AH, with the buffers that the UDP sockets have. */
@Component(immediate = true, configurationPid = "org.sallyport.udp")
public final class KernelRawSockets implements RawSockets {
    private final Map<RawProtocol, Map<Family, ProtocolSockets>> sockets = new EnumMap<>(RawProtocol.class);

    @Activate
    public KernelRawSockets(UdpConfig config) {
        this(KernelUdpPorts.bufferOctets(config));
    }

    /** With the usual buffers. */
    public KernelRawSockets() {
        this(KernelUdpPorts.USUAL_BUFFER);
    }

    private KernelRawSockets(int bufferOctets) {
        for (RawProtocol protocol : RawProtocol.values()) {
            Map<Family, ProtocolSockets> families = new EnumMap<>(Family.class);
            for (Family family : Family.values()) {
                families.put(family, new ProtocolSockets(protocol, family, bufferOctets));
            }
            sockets.put(protocol, families);
        }
    }

    /** Closes every socket. */
    @Deactivate
    public void close() {
        sockets.values().forEach(families -> families.values().forEach(ProtocolSockets::close));
    }

    @Override
    public Epoch nextEpoch(RawProtocol protocol, Family family) {
        return of(protocol, family).nextEpoch();
    }

    @Override
    public RawLease lease(RawProtocol protocol, Family family, Epoch epoch, int workers, Runnable onRevoked) {
        return of(protocol, family).lease(epoch, workers, onRevoked);
    }

    private ProtocolSockets of(RawProtocol protocol, Family family) {
        ProtocolSockets found = sockets.getOrDefault(protocol, Map.of()).get(family);
        if (found == null) {
            throw new IllegalArgumentException(protocol + " over " + family);
        }
        return found;
    }
}
