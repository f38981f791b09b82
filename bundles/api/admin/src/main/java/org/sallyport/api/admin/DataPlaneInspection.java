package org.sallyport.api.admin;

import java.util.Map;

/** The classifier for people. Thread safe. */
public interface DataPlaneInspection {
    /** Returns packets dropped outside any SA, by reason in words ("no SA", "unknown SPI", "policy discard", …). */
    Map<String, Long> drops();

    /** Returns what is parked, and what became of what was. */
    ParkingView parking();

    /** Returns what seals packets, in words ("AES-GCM by ipsec-mb"). */
    String cryptography();
}
