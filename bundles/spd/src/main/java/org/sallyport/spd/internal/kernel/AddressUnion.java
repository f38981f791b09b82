package org.sallyport.spd.internal.kernel;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sallyport.api.flow.AddressRange;

/** All addresses of one family that are in any of some ranges. Immutable once made. */
final class AddressUnion {
    private final TreeMap<BigInteger, BigInteger> lastOfFirst = new TreeMap<>();

    AddressUnion(List<AddressRange> ranges) {
        ranges.forEach(r -> add(number(r.first()), number(r.last())));
    }

    private void add(BigInteger first, BigInteger last) {
        BigInteger low = first;
        BigInteger high = last;
        Map.Entry<BigInteger, BigInteger> near = lastOfFirst.floorEntry(high);
        while (near != null && near.getValue().compareTo(low) >= 0) {
            low = low.min(near.getKey());
            high = high.max(near.getValue());
            lastOfFirst.remove(near.getKey());
            near = lastOfFirst.floorEntry(high);
        }
        lastOfFirst.put(low, high);
    }

    boolean contains(InetAddress address) {
        BigInteger number = number(address);
        Map.Entry<BigInteger, BigInteger> near = lastOfFirst.floorEntry(number);
        return near != null && near.getValue().compareTo(number) >= 0;
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }
}
