package org.sallyport.linux.udp;

import org.sallyport.linux.poll.Wakeup;

/**
 * One worker's socket on port 4500, as seen through a lease. The kernel gives worker <i>i</i> of <i>n</i> the datagrams
 * whose first four octets, the SPI, are <i>i</i> modulo <i>n</i>; but segments that receive offload joined all go where
 * the first one goes, so each segment is looked at anew.
 */
public interface EspSocket extends PacketSocket {
    /** Sets what is signalled when datagrams wait that came by IKE's socket, where the descriptor does not tell it. */
    void wakeWith(Wakeup wakeup);
}
