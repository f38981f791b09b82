package org.sallyport.lab.session;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.sallyport.lab.peer.NumberedTraffic;
import org.sallyport.lab.peer.WebServer;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.CapturedPacket;
import org.sallyport.lab.witness.Witness;

/** Looks for protected traffic in clear on the outer wire: an inner address, or words that only the inside knows. */
public final class ClearText {
    private static final Set<Integer> V4_NETWORKS = Set.of(0x0a01, 0x0a02);
    private static final List<byte[]> CONTENT = List.of(
            WebServer.CANARY.getBytes(StandardCharsets.UTF_8), NumberedTraffic.CANARY.getBytes(StandardCharsets.UTF_8));

    private ClearText() {}

    /** Whether this packet gives something away. */
    public static boolean in(CapturedPacket packet) {
        return isInner(packet.source())
                || isInner(packet.destination())
                || CONTENT.stream().anyMatch(packet::contains);
    }

    /** All packets of a witness that give something away. */
    public static List<CapturedPacket> seenBy(Witness witness) {
        return witness.settled().stream().filter(ClearText::in).toList();
    }

    private static boolean isInner(InetAddress address) {
        byte[] raw = address.getAddress();
        if (raw.length == 4) {
            return V4_NETWORKS.contains(((raw[0] & 0xff) << 8) | (raw[1] & 0xff));
        }
        return startsLike(raw, LabNetwork.HOST_INNER_V6) || startsLike(raw, LabNetwork.SERVER_V6);
    }

    private static boolean startsLike(byte[] address, String example) {
        return Arrays.equals(address, 0, 8, InetAddress.ofLiteral(example).getAddress(), 0, 8);
    }
}
