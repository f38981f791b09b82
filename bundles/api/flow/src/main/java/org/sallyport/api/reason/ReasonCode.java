package org.sallyport.api.reason;

/** x */
public enum ReasonCode {
    A
}
