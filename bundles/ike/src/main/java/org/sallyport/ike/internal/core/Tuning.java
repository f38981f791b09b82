package org.sallyport.ike.internal.core;

import java.time.Duration;

/**
 * Bounds and waits of the negotiator that no peer's configuration says. Immutable.
 *
 * @param halfOpenTime how long a peer may take to authenticate itself
 * @param maxHalfOpen IKE SAs whose peers have not authenticated themselves
 * @param cookieThreshold half-open IKE SAs above which everybody has to prove its address (RFC 7296 section 2.6)
 * @param cookiePerAddress the same for one address
 * @param maxPerAddress half-open IKE SAs of one address that proved itself
 * @param maxChildren pairs of Child SAs under one IKE SA
 * @param maxWaiting negotiations that wait under one IKE SA
 * @param refusalPatience how long an unauthenticated refusal may be contradicted (RFC 7296 section 2.21.1)
 * @param grace how long a replaced Child SA still receives
 * @param activationTimeout after which a successor sends although nobody deleted its predecessor; longer than a peer
 *     sends its request again, because until then it may not have our response, and drops what comes by the successor
 * @param handoverTime after which a pair that we did not ask for sends although an elder IKE SA's carries the same, and
 *     after which that IKE SA ends where only one may stand: until then the peer is believed to end it itself
 * @param retryTime before an exchange that met TEMPORARY_FAILURE is tried again, and up to twice that
 * @param lingerTime how long an ended IKE SA answers retransmissions
 * @param childlessTime how long an IKE SA stays without a Child SA
 * @param keepAliveTime between NAT keep-alives (RFC 3948 section 4)
 * @param answerTime how long whoever is asked for a secret, an SPI or a checkpoint may take
 * @param datagram octets of an IP datagram above which a message goes in fragments (RFC 7383)
 */
public record Tuning(
        Duration halfOpenTime,
        int maxHalfOpen,
        int cookieThreshold,
        int cookiePerAddress,
        int maxPerAddress,
        int maxChildren,
        int maxWaiting,
        Duration refusalPatience,
        Duration grace,
        Duration activationTimeout,
        Duration handoverTime,
        Duration retryTime,
        Duration lingerTime,
        Duration childlessTime,
        Duration keepAliveTime,
        Duration answerTime,
        int datagram) {
    /** What is in force. */
    public static final Tuning DEFAULT = new Tuning(
            Duration.ofSeconds(30),
            1024,
            32,
            4,
            16,
            2048,
            4096,
            Duration.ofMillis(150),
            Duration.ofSeconds(2),
            Duration.ofSeconds(90),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            Duration.ofSeconds(5),
            1280);

    /** Returns the same with another size of datagrams. */
    public Tuning withDatagram(int octets) {
        return new Tuning(
                halfOpenTime,
                maxHalfOpen,
                cookieThreshold,
                cookiePerAddress,
                maxPerAddress,
                maxChildren,
                maxWaiting,
                refusalPatience,
                grace,
                activationTimeout,
                handoverTime,
                retryTime,
                lingerTime,
                childlessTime,
                keepAliveTime,
                answerTime,
                octets);
    }
}
