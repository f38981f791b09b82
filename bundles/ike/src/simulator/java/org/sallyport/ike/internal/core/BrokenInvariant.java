package org.sallyport.ike.internal.core;

/** Something that must always hold does not. */
public final class BrokenInvariant extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenInvariant(String text) {
        super(text);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency for one method
    static void require(boolean holds, String format, Object... arguments) {
        if (!holds) {
            throw new BrokenInvariant(String.format(format, arguments));
        }
    }
}
