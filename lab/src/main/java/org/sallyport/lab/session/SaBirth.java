package org.sallyport.lab.session;

import java.util.List;
import java.util.OptionalLong;
import org.sallyport.lab.witness.CapturedPacket;

/**
 * The moment from which there can be a Child SA, as the outer wire tells it: the peer's answer to IKE_AUTH (RFC 7296
 * section 1.2). What of a protected flow is on the wire before, sealed or not, has left too early.
 */
public final class SaBirth {
    private static final int IKE_AUTH = 35;

    private SaBirth() {}

    /** When it was, in microseconds since the epoch; empty when there was none. */
    public static OptionalLong micros(List<CapturedPacket> outer) {
        return outer.stream()
                .filter(packet -> packet.ike()
                        .filter(message -> message.response() && message.exchange() == IKE_AUTH)
                        .isPresent())
                .mapToLong(CapturedPacket::micros)
                .min();
    }

    /** What has left before. */
    public static List<CapturedPacket> tooEarly(List<CapturedPacket> outer) {
        long birth = micros(outer).orElse(Long.MAX_VALUE);
        return outer.stream()
                .filter(packet -> packet.micros() < birth)
                .filter(packet -> packet.esp().isPresent() || ClearText.in(packet))
                .toList();
    }
}
