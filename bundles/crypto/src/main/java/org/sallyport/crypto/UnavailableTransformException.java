package org.sallyport.crypto;

/**
 * Nobody present provides a transform, or whoever does failed. The message names it and which provider would bring it, or
 * what went wrong.
 */
public final class UnavailableTransformException extends Exception {
    private static final long serialVersionUID = 1L;

    private final TransformId transform;

    /** Names the transform, and in words what to install. */
    public UnavailableTransformException(TransformId transform, String remedy) {
        super(transform + " (transform type " + transform.type().number() + ", id " + transform.id()
                + ") is provided by nobody: " + remedy);
        this.transform = transform;
    }

    /** Names the transform whose provider failed. */
    public UnavailableTransformException(TransformId transform, Throwable failure) {
        super(
                transform + " (transform type " + transform.type().number() + ", id " + transform.id() + ") failed: "
                        + failure,
                failure);
        this.transform = transform;
    }

    /** Returns what was asked for. */
    public TransformId transform() {
        return transform;
    }
}
