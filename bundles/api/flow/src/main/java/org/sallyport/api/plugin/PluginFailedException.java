package org.sallyport.api.plugin;

import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/** A plugin threw, did not answer in time, or answered what makes no sense. The message says which plugin and how. */
public final class PluginFailedException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 200;

    private final transient Reason reason;

    /**
     * Says what happened.
     *
     * @param plugin which one, in words
     * @param how what it did, in words; only the beginning of what is long is kept, because a plugin may have written it
     */
    public PluginFailedException(String plugin, String how) {
        this(Reason.of(ReasonCode.PLUGIN_FAILED, plugin, how.length() > LONGEST ? how.substring(0, LONGEST) : how));
    }

    private PluginFailedException(Reason reason) {
        super(reason.text());
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
