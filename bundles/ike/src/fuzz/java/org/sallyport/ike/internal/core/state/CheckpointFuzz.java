package org.sallyport.ike.internal.core.state;

import org.sallyport.api.secret.SecretBytes;

/** Checkpoints of IKE SAs: a state that is written as it was read, or one exception that says so. */
public final class CheckpointFuzz {
    private CheckpointFuzz() {}

    /** A checkpoint. */
    public static void decode(byte[] octets) {
        try (SecretBytes secret = SecretBytes.copyOf(octets)) {
            SessionState state;
            try {
                state = SessionCodec.decode(secret);
            } catch (IllegalArgumentException damaged) {
                return;
            }
            try (SecretBytes written = SessionCodec.encode(state)) {
                // counters start anew in what is resumed, and nothing else changes
                SessionState again = SessionCodec.decode(written);
                if (!again.id().equals(state.id())
                        || again.children.size() != state.children.size()
                        || again.ikeSas.size() != state.ikeSas.size()) {
                    throw new AssertionError("a state changes by being kept");
                }
            }
        }
    }
}
