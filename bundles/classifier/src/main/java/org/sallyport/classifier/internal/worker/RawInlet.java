package org.sallyport.classifier.internal.worker;

import static org.sallyport.linux.memory.RawMemory.getByte;

import java.lang.foreign.Arena;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.udp.PacketSocket;
import org.sallyport.linux.udp.ReceiveBatch;

/** A raw socket of ESP or AH that packets arrive by, with what was received. Belongs to one thread. */
final class RawInlet {
    private final PacketSocket socket;
    private final ReceiveBatch batch;
    private final boolean ipv4;
    private final RawProtocol protocol;

    RawInlet(RawProtocol protocol, Family family, PacketSocket socket, Arena arena, int messages) {
        this.protocol = protocol;
        this.socket = socket;
        this.batch = socket.newReceiveBatch(arena, messages);
        this.ipv4 = family == Family.IPV4;
    }

    /** Receives what waits; returns how much, or a negative errno. */
    int receive() {
        return socket.receive(batch);
    }

    RawProtocol protocol() {
        return protocol;
    }

    boolean ipv4() {
        return ipv4;
    }

    ReceiveBatch batch() {
        return batch;
    }

    /** Returns octets in front of the ESP or AH header: IPv4's, with its options, is received too. */
    int headerLength(int index) {
        return ipv4 && batch.length(index) > 0 ? (getByte(batch.address(index)) & 0xf) * 4 : 0;
    }
}
