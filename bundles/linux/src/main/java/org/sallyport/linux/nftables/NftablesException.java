package org.sallyport.linux.nftables;

/** A ruleset that the kernel or libnftables refused; nothing of it took effect. */
public final class NftablesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NftablesException(String message) {
        super(message);
    }
}
