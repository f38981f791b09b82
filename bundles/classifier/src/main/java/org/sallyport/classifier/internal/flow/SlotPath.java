package org.sallyport.classifier.internal.flow;

import static org.sallyport.linux.memory.RawMemory.copyOut;
import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getIntAcquire;

import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.sa.SaSlotLayout;

/**
 * Where an SA's packets travel, as its slot had it at one moment. Immutable.
 *
 * @param version changes with every new path
 * @param raw whether ESP goes by itself, not in UDP; the ports are 0 then
 * @param tcp whether it goes in TCP (RFC 9329), by the stream of these ends
 */
public record SlotPath(int version, boolean raw, boolean tcp, InetSocketAddress local, InetSocketAddress remote) {
    /** Reads it; allocates. */
    public static SlotPath read(long slot) {
        while (true) {
            int version = getIntAcquire(slot + SaSlotLayout.PATH_VERSION);
            int encapsulation = getInt(slot + SaSlotLayout.PATH_ENCAPSULATION);
            boolean raw = encapsulation == SaSlotLayout.ENCAPSULATION_RAW;
            int family = getInt(slot + SaSlotLayout.PATH_FAMILY);
            InetAddress local = address(slot + SaSlotLayout.PATH_LOCAL_ADDRESS, family);
            InetAddress remote = address(slot + SaSlotLayout.PATH_REMOTE_ADDRESS, family);
            int localPort = raw ? 0 : getInt(slot + SaSlotLayout.PATH_LOCAL_PORT) & 0xffff;
            int remotePort = raw ? 0 : getInt(slot + SaSlotLayout.PATH_REMOTE_PORT) & 0xffff;
            VarHandle.acquireFence();
            if ((version & 1) == 0 && version(slot) == version) {
                return new SlotPath(
                        version,
                        raw,
                        encapsulation == SaSlotLayout.ENCAPSULATION_TCP,
                        new InetSocketAddress(local, localPort),
                        new InetSocketAddress(remote, remotePort));
            }
            Thread.onSpinWait();
        }
    }

    /** Returns the version of what is there now. */
    public static int version(long slot) {
        return getIntAcquire(slot + SaSlotLayout.PATH_VERSION);
    }

    private static InetAddress address(long at, int family) {
        byte[] octets = new byte[family == 4 ? 4 : 16];
        copyOut(at, octets, 0, octets.length);
        return Addresses.of(octets);
    }
}
