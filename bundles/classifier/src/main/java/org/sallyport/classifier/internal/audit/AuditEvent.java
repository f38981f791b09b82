package org.sallyport.classifier.internal.audit;

import java.net.InetAddress;
import java.util.Optional;
import org.sallyport.api.flow.Flow;
import org.sallyport.classifier.internal.flow.DropReason;

/**
 * An auditable event (RFC 4301 section 5.2; RFC 4303 sections 2.2, 3.4.2 to 3.4.4). Immutable.
 *
 * @param reason why the packet was dropped
 * @param spi of the SA, 0 when there is none
 * @param sequence its number, 0 when it has none
 * @param source outer
 * @param destination outer
 * @param flow of the inner packet where it is genuine, as the packet has it: the sender's side first
 */
public record AuditEvent(
        DropReason reason,
        int spi,
        long sequence,
        Optional<InetAddress> source,
        Optional<InetAddress> destination,
        Optional<Flow> flow) {}
