package org.sallyport.api.policy;

/** Populate from packet (RFC 4301 section 4.4.1.2): the SA takes this selector from the flow, not from the policy. */
public enum PfpFlag {
    LOCAL_ADDRESS,
    REMOTE_ADDRESS,
    PROTOCOL,
    LOCAL_PORT,
    REMOTE_PORT
}
