package org.sallyport.ike.internal.keys;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import org.sallyport.ike.internal.message.Bytes;

/** The data of NAT_DETECTION_SOURCE_IP and NAT_DETECTION_DESTINATION_IP (RFC 7296 section 2.23). */
public final class NatDetection {
    private NatDetection() {}

    /**
     * SHA-1(SPIi | SPIr | address | port). SHA-1 is what the RFC says; nothing secret depends on it.
     *
     * @param spiI the initiator's SPI as in the header
     * @param spiR the responder's SPI as in the header, 0 in the first request
     * @param address as the sender knows it
     * @param port UDP port, 0 to 65535
     */
    public static Bytes hash(long spiI, long spiR, InetAddress address, int port) {
        byte[] ip = address.getAddress();
        byte[] input = ByteBuffer.allocate(16 + ip.length + 2)
                .putLong(spiI)
                .putLong(spiR)
                .put(ip)
                .putShort((short) port)
                .array();
        try {
            return Bytes.of(MessageDigest.getInstance("SHA-1", "SUN").digest(input));
        } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
            throw new IllegalStateException("the JDK has no SHA-1", e);
        }
    }
}
