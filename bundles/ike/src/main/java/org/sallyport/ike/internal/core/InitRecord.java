package org.sallyport.ike.internal.core;

import org.sallyport.api.authentication.Announcement;
import org.sallyport.ike.internal.message.Bytes;

/**
 * What IKE_AUTH needs of IKE_SA_INIT (RFC 7296 section 2.15). Immutable.
 *
 * @param request the request that was answered with an SA
 * @param response its response
 * @param ni the initiator's nonce
 * @param nr the responder's nonce
 * @param announced what the peer said that it accepts
 */
public record InitRecord(Bytes request, Bytes response, Bytes ni, Bytes nr, Announcement announced) {}
