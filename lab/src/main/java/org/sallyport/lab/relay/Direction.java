package org.sallyport.lab.relay;

/** Which way a packet goes, seen from the network that is inside. */
public enum Direction {
    OUTBOUND,
    INBOUND
}
