package org.sallyport.linux;

/** A kernel feature or library that this machine lacks: names the capability that is lost and what brings it. */
public final class MissingFeatureException extends LinuxException {
    private static final long serialVersionUID = 1L;

    /**
     * @param feature what is missing ("seccomp user notification with SYNC_WAKE_UP")
     * @param capability what Sallyport cannot do without it
     * @param remedy what to install or configure
     * @param errno the error number that told so, 0 if there was none
     */
    public MissingFeatureException(String feature, String capability, String remedy, int errno) {
        super(feature, errno, "not available here; without it " + capability + ". " + remedy);
    }
}
