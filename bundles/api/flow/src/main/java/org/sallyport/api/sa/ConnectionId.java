package org.sallyport.api.sa;

/**
 * What an administrator names: a peer and the policies that lead to it. Immutable.
 *
 * @param name the peer's name in the configuration, shown everywhere
 */
public record ConnectionId(String name) {
    @Override
    public String toString() {
        return name;
    }
}
