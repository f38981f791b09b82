package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.util.function.Consumer;
import org.sallyport.classifier.internal.flow.PathFit;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.classifier.internal.packet.RefusalWriter;

/** Who hears of packets that are too long for their path: their source, and who asks about paths. Belongs to a thread out. */
final class TooLong {
    private static final int ICMP_PER_SECOND = 200;
    private static final int ICMP_BURST = 50;

    private final Answers answers;
    private final Consumer<InetAddress> narrowed;
    private final long answer;
    private final TokenBucket icmp = new TokenBucket(ICMP_PER_SECOND, ICMP_BURST);

    /**
     * @param answers to the thread in
     * @param narrowed is told to whom the path takes less than it was thought to; does not block
     */
    TooLong(Answers answers, Consumer<InetAddress> narrowed, Arena arena) {
        this.answers = answers;
        this.narrowed = narrowed;
        this.answer = arena.allocate(RefusalWriter.LONGEST, 64).address();
    }

    /**
     * Tells the source of a packet how long it may be, as often as other refusals are told. Packets are matched with the
     * SA's selectors before: who hears of the path is who is protected on it (RFC 4301 section 8.2.1).
     *
     * @param most octets of the longest packet that fits
     */
    void refuse(long ip, InnerPacket packet, int most, long now) {
        int mtu = packet.ipv4() ? most : Math.max(most, PathFit.LEAST_IPV6);
        int written = RefusalWriter.writeTooBig(mtu, ip, packet, answer);
        if (written > 0 && icmp.take(now)) {
            answers.offer(answer, written);
        }
    }

    /** The kernel knows that a path takes less. */
    void narrowed(InetAddress remote) {
        narrowed.accept(remote);
    }
}
