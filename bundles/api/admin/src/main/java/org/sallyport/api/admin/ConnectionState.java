package org.sallyport.api.admin;

/** How it stands with a connection. */
public enum ConnectionState {
    /** Nothing stands, and nobody wants anything. */
    CONFIGURED("configured"),
    /** What is wanted stands. */
    UP("up"),
    /** Something stands, but not all that is wanted. */
    DEGRADED("degraded"),
    /** Something is wanted, and nothing stands. */
    DOWN("down");

    private final String words;

    ConnectionState(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
