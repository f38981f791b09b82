package org.sallyport.api.flow;

/**
 * One socket's request to use a flow. Immutable.
 *
 * @param flow the exact flow, source and ports bound
 * @param requester who asks
 * @param socketCookie the kernel's SO_COOKIE of the socket, which names it as long as the machine runs
 */
public record FlowRequest(Flow flow, Requester requester, long socketCookie) {}
