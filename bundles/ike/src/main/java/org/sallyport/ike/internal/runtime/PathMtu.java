package org.sallyport.ike.internal.runtime;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The MTU of the interface that has one of our addresses; looked up at most once in a while. Thread safe. */
final class PathMtu {
    private static final int USUAL = 1500;
    private static final int LEAST = 576;
    private static final int MOST = 65_535;
    private static final long FRESH = 30_000_000_000L;
    private static final int MOST_ADDRESSES = 256;

    private record Known(int mtu, long at) {}

    private final Map<InetAddress, Known> known = new ConcurrentHashMap<>();

    int of(InetAddress local) {
        long now = System.nanoTime();
        Known before = known.get(local);
        if (before != null && now - before.at() < FRESH) {
            return before.mtu();
        }
        if (known.size() >= MOST_ADDRESSES) {
            known.clear();
        }
        int mtu = lookUp(local);
        known.put(local, new Known(mtu, now));
        return mtu;
    }

    private static int lookUp(InetAddress local) {
        try {
            NetworkInterface owner = NetworkInterface.getByInetAddress(local);
            int mtu = owner == null ? USUAL : owner.getMTU();
            return Math.clamp(mtu, LEAST, MOST);
        } catch (SocketException e) {
            return USUAL; // the interface went just now; the path is measured later anyway
        }
    }
}
