package org.sallyport.linux.udp;

import org.sallyport.linux.Lease;

/** An exclusive, revocable lease on one side of the ports: IKE's or ESP's. Closed sets of two, each with its own use. */
public sealed interface PortLease extends Lease permits IkePortLease, EspPortLease {}
