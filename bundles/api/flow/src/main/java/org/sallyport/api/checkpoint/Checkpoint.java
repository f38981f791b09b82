package org.sallyport.api.checkpoint;

import org.sallyport.api.sa.Epoch;
import org.sallyport.api.secret.SecretBytes;

/**
 * An SA's serialised state: what a bundle resumes from after an update, a gateway after a restart, a standby at takeover.
 * Immutable; the state is a versioned schema of its kind and holds keys: it is sealed wherever it leaves memory.
 *
 * @param id its name
 * @param epoch who wrote it
 * @param revision 1 and up, each put one higher
 * @param state the bytes; whoever got the checkpoint closes them
 */
public record Checkpoint(CheckpointId id, Epoch epoch, long revision, SecretBytes state) {}
