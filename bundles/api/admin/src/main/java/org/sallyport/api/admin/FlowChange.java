package org.sallyport.api.admin;

import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.policy.Verdict;

/**
 * A living flow that a change would treat differently. Immutable.
 *
 * @param flow our side local
 * @param requester whose it is, as far as known
 * @param before the verdict in force
 * @param after the verdict after the change
 * @param cutsAdministratorOff whether it is a connection to an administration port that would be cut off
 */
public record FlowChange(Flow flow, Requester requester, Verdict before, Verdict after, boolean cutsAdministratorOff) {}
