package org.sallyport.ike.internal.message;

/** A peer's mistake. It is the notify that answers it: a type, its data, and words for the log. */
public final class IkeProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient NotifyType type;
    private final transient Bytes data;

    /** Takes the notify type, its notification data and what is wrong in words. */
    public IkeProtocolException(NotifyType type, Bytes data, String message) {
        // Strangers cause it at will: it is told in words, and no stack is walked for it.
        super(type + ": " + message, null, false, false);
        this.type = type;
        this.data = data;
    }

    /** A mistake whose notify carries no data. */
    public IkeProtocolException(NotifyType type, String message) {
        this(type, Bytes.EMPTY, message);
    }

    /** A message that cannot be read. */
    public static IkeProtocolException invalidSyntax(String message) {
        return new IkeProtocolException(NotifyType.INVALID_SYNTAX, message);
    }

    /** Returns the notify type that answers the mistake. */
    public NotifyType type() {
        return type;
    }

    /** Returns the notification data that goes with it. */
    public Bytes data() {
        return data;
    }

    /** Returns the notify payload that answers the mistake. */
    public Payload.Notify toNotify() {
        return Payload.Notify.of(type, data);
    }
}
