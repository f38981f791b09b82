package org.sallyport.ike.internal.runtime;

import org.sallyport.api.checkpoint.CheckpointStore;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.sa.Epoch;
import org.sallyport.api.sa.SaTable;
import org.sallyport.linux.udp.IkePortLease;

/**
 * What effects are carried out with. Immutable.
 *
 * @param table the SAD
 * @param secrets opens secrets
 * @param checkpoints outlives this bundle
 * @param ports the way to the peers
 * @param epoch who acts
 */
record Surroundings(
        SaTable table, SecretSource secrets, CheckpointStore checkpoints, IkePortLease ports, Epoch epoch) {}
