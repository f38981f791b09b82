package org.sallyport.lab.relay;

import java.time.Duration;
import java.util.Locale;

/**
 * What is done to the packets of one direction. Immutable; {@code with…} answers a changed copy.
 *
 * @param delay how long each packet is under way
 * @param jitter up to how much longer, evenly distributed; order is kept
 * @param loss the probability that a packet is lost, 0 to 1
 * @param duplication the probability that it arrives twice, 0 to 1
 * @param reordering the probability that it is held back and overtaken, 0 to 1
 * @param holdBack how much longer a packet that is overtaken takes
 * @param bitsPerSecond the capacity of the line; 0 for no limit
 * @param queueBytes what waits for the line at most; what comes beyond that is lost
 * @param ikeDelay how much longer IKE messages are under way than everything else
 */
public record Impairment(
        Duration delay,
        Duration jitter,
        double loss,
        double duplication,
        double reordering,
        Duration holdBack,
        long bitsPerSecond,
        long queueBytes,
        Duration ikeDelay) {
    /** A line that does nothing to a packet. */
    public static final Impairment NONE =
            new Impairment(Duration.ZERO, Duration.ZERO, 0, 0, 0, Duration.ofMillis(5), 0, 1 << 18, Duration.ZERO);

    public Impairment {
        if (delay.isNegative() || jitter.isNegative() || holdBack.isNegative() || ikeDelay.isNegative()) {
            throw new IllegalArgumentException("a relay cannot deliver before it has received");
        }
        probability("loss", loss);
        probability("duplication", duplication);
        probability("reordering", reordering);
        if (bitsPerSecond < 0 || queueBytes < 0) {
            throw new IllegalArgumentException("bandwidth and queue are not negative");
        }
    }

    private static void probability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + "=" + value + ": a probability is between 0 and 1");
        }
    }

    public Impairment withDelay(Duration value) {
        return new Impairment(
                value, jitter, loss, duplication, reordering, holdBack, bitsPerSecond, queueBytes, ikeDelay);
    }

    public Impairment withJitter(Duration value) {
        return new Impairment(
                delay, value, loss, duplication, reordering, holdBack, bitsPerSecond, queueBytes, ikeDelay);
    }

    public Impairment withLoss(double value) {
        return new Impairment(
                delay, jitter, value, duplication, reordering, holdBack, bitsPerSecond, queueBytes, ikeDelay);
    }

    public Impairment withDuplication(double value) {
        return new Impairment(delay, jitter, loss, value, reordering, holdBack, bitsPerSecond, queueBytes, ikeDelay);
    }

    /** Holds back the given share of the packets by the given time. */
    public Impairment withReordering(double share, Duration by) {
        return new Impairment(delay, jitter, loss, duplication, share, by, bitsPerSecond, queueBytes, ikeDelay);
    }

    public Impairment withBandwidth(long bits, long queue) {
        return new Impairment(delay, jitter, loss, duplication, reordering, holdBack, bits, queue, ikeDelay);
    }

    /** Has IKE take longer while everything else is as fast as before. */
    public Impairment withIkeDelay(Duration value) {
        return new Impairment(delay, jitter, loss, duplication, reordering, holdBack, bitsPerSecond, queueBytes, value);
    }

    /** The words that {@link #parse} understands; times in microseconds. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "delay=%d,jitter=%d,loss=%s,duplication=%s,reordering=%s,holdback=%d,bandwidth=%d,queue=%d,ikedelay=%d",
                delay.toNanos() / 1000,
                jitter.toNanos() / 1000,
                loss,
                duplication,
                reordering,
                holdBack.toNanos() / 1000,
                bitsPerSecond,
                queueBytes,
                ikeDelay.toNanos() / 1000);
    }

    /** Reads {@code key=value} pairs, comma-separated, over a line that does nothing. */
    public static Impairment parse(String text) {
        Impairment result = NONE;
        for (String pair : text.split(",", -1)) {
            String[] parts = pair.strip().split("=", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException("\"" + pair + "\" is no key=value");
            }
            result = result.with(parts[0], parts[1]);
        }
        return result;
    }

    private Impairment with(String key, String value) {
        return switch (key) {
            case "delay" -> withDelay(micros(value));
            case "jitter" -> withJitter(micros(value));
            case "loss" -> withLoss(Double.parseDouble(value));
            case "duplication" -> withDuplication(Double.parseDouble(value));
            case "reordering" -> withReordering(Double.parseDouble(value), holdBack);
            case "holdback" -> withReordering(reordering, micros(value));
            case "bandwidth" -> withBandwidth(Long.parseLong(value), queueBytes);
            case "ikedelay" -> withIkeDelay(micros(value));
            case "queue" -> withBandwidth(bitsPerSecond, Long.parseLong(value));
            default ->
                throw new IllegalArgumentException(
                        key
                                + ": expected delay, jitter, loss, duplication, reordering, holdback, bandwidth, queue or ikedelay");
        };
    }

    private static Duration micros(String value) {
        return Duration.ofNanos(Long.parseLong(value) * 1000);
    }
}
