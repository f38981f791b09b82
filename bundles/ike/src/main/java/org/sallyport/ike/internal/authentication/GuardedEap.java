package org.sallyport.ike.internal.authentication;

import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.plugin.PluginCalls;
import org.sallyport.api.plugin.PluginFailedException;
import org.sallyport.ike.internal.eap.EapConversation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A conversation whose every step is a call of a plugin. What takes too long is never gone on with: the plugin's thread may
 * still be in it. Used by one thread at a time.
 */
final class GuardedEap implements EapConversation {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedEap.class);

    private final EapConversation conversation;
    private final EapMethod method;
    private final String words;
    private final PluginCalls calls;
    private boolean failed;

    GuardedEap(EapConversation conversation, EapMethod method, String words, PluginCalls calls) {
        this.conversation = conversation;
        this.method = method;
        this.words = words;
        this.calls = calls;
    }

    private interface Step {
        Turn take() throws AuthenticationException;
    }

    private Turn take(Step step) throws AuthenticationException {
        if (failed) {
            throw new AuthenticationException(new PluginFailedException(words, "failed before").reason());
        }
        try {
            return calls.call(method, words, AuthenticationException.class, step::take);
        } catch (PluginFailedException e) {
            failed = true;
            throw new AuthenticationException(e.reason());
        }
    }

    @Override
    public Turn first() throws AuthenticationException {
        return take(conversation::first);
    }

    @Override
    public Turn next(Octets message) throws AuthenticationException {
        return take(() -> conversation.next(message));
    }

    /** Whoever closes it is in the middle of something else, so that nobody waits for it. */
    @Override
    public void close() {
        Thread.ofVirtual().name("sallyport-eap-close").start(this::closeCarefully);
    }

    private void closeCarefully() {
        try {
            calls.call(method, words, RuntimeException.class, () -> {
                conversation.close();
                return true;
            });
        } catch (PluginFailedException | RuntimeException e) {
            LOG.warn("{} did not wipe what was secret: {}", words, e.toString());
        }
    }
}
