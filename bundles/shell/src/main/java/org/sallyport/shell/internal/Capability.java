package org.sallyport.shell.internal;

/** What the appliance can do, which bundle brings it, and what is missing without it. */
enum Capability {
    SPD("policies", "org.sallyport.spd", "nothing new is protected, and no peer is known"),
    SAD("security associations", "org.sallyport.sad", "no SA stands, so protected traffic is dropped"),
    IKE("key negotiation", "org.sallyport.ike", "no new SA is made and none is rekeyed; those that stand go on"),
    CLASSIFIER("packets", "org.sallyport.classifier", "protected traffic is dropped"),
    INTERCEPTOR("holding of socket requests", "org.sallyport.interceptor", "requests under the launcher fail"),
    CONNECTIONS(
            "connections",
            "org.sallyport.connections",
            "nothing starts by itself, and nobody says how connections stand"),
    CAPTURE("live capture", "org.sallyport.capture", "nobody looks for clear text on the wire");

    private final String what;
    private final String bundle;
    private final String without;

    Capability(String what, String bundle, String without) {
        this.what = what;
        this.bundle = bundle;
        this.without = without;
    }

    String what() {
        return what;
    }

    String bundle() {
        return bundle;
    }

    String without() {
        return without;
    }

    String absence() {
        return "Not available: " + what + ". Without it " + without + ". Start bundle " + bundle + " (bundle:start "
                + bundle + ").";
    }
}
