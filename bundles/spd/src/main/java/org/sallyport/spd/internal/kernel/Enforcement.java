package org.sallyport.spd.internal.kernel;

/**
 * How policies are enforced in the kernel. Immutable.
 *
 * @param guard whether protected flows are dropped in clear; off only to see what it is good for
 * @param forwardedDefault what happens to forwarded traffic that no policy covers
 */
public record Enforcement(boolean guard, Default forwardedDefault) {
    /** As it is when nothing is configured. */
    public static final Enforcement DEFAULT = new Enforcement(true, Default.DISCARD);

    /** What happens when no policy matches. */
    public enum Default {
        DISCARD,
        BYPASS
    }
}
