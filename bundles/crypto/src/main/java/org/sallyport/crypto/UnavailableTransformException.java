package org.sallyport.crypto;

/** Nobody present provides a transform. The message names it and which provider would bring it. */
public final class UnavailableTransformException extends Exception {
    private static final long serialVersionUID = 1L;

    private final TransformId transform;

    /** Names the transform, and in words what to install. */
    public UnavailableTransformException(TransformId transform, String remedy) {
        super(transform + " (transform type " + transform.type().number() + ", id " + transform.id()
                + ") is provided by nobody: " + remedy);
        this.transform = transform;
    }

    /** Returns what was asked for. */
    public TransformId transform() {
        return transform;
    }
}
