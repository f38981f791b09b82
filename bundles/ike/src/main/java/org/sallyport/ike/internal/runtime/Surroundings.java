package org.sallyport.ike.internal.runtime;

import org.sallyport.api.checkpoint.CheckpointStore;
import org.sallyport.api.pool.AssignedAddresses;
import org.sallyport.api.sa.Epoch;
import org.sallyport.api.sa.SaTable;
import org.sallyport.ike.internal.address.AddressPools;
import org.sallyport.ike.internal.authentication.Authenticators;

/**
 * What effects are carried out with. Immutable.
 *
 * @param table the SAD
 * @param authenticators prove identities and judge proofs
 * @param pools give peers addresses
 * @param assigned takes the addresses that peers give us
 * @param checkpoints outlives this bundle
 * @param transport the way to the peers
 * @param epoch who acts
 * @param observers are told of exchanges
 */
record Surroundings(
        SaTable table,
        Authenticators authenticators,
        AddressPools pools,
        AssignedAddresses assigned,
        CheckpointStore checkpoints,
        Transport transport,
        Epoch epoch,
        Observers observers) {}
