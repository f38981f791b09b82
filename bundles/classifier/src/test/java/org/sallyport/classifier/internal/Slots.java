package org.sallyport.classifier.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;

/** Fills slots as the SAD does. */
public final class Slots {
    public static final ChildSaId LINEAGE = new ChildSaId(new IkeSaId(new ConnectionId("peer"), 1), 1);

    /** What varies from SA to SA in tests. */
    public record Sa(
            int spi,
            SaDirection direction,
            String key,
            String salt,
            boolean extended,
            int window,
            long limit,
            String local,
            String remote,
            Selectors selectors,
            boolean transport,
            Optional<HostPair> originals) {
        public static Sa of(int spi, SaDirection direction) {
            return new Sa(
                    spi,
                    direction,
                    "000102030405060708090a0b0c0d0e0f",
                    "cafebabe",
                    true,
                    1024,
                    Long.MAX_VALUE,
                    "192.0.2.1",
                    "192.0.2.2",
                    any(),
                    false,
                    Optional.empty());
        }

        public Sa keyed(String newKey, String newSalt) {
            return new Sa(
                    spi, direction, newKey, newSalt, extended, window, limit, local, remote, selectors, transport,
                    originals);
        }

        public Sa sequence(boolean extendedNumbers, int replayWindow, long sequenceLimit) {
            return new Sa(
                    spi,
                    direction,
                    key,
                    salt,
                    extendedNumbers,
                    replayWindow,
                    sequenceLimit,
                    local,
                    remote,
                    selectors,
                    transport,
                    originals);
        }

        public Sa between(String ours, String theirs) {
            return new Sa(
                    spi, direction, key, salt, extended, window, limit, ours, theirs, selectors, transport, originals);
        }

        /** In transport mode between the ends of its path, which is these hosts. */
        public Sa transporting(HostPair hosts) {
            return new Sa(
                    spi,
                    direction,
                    key,
                    salt,
                    extended,
                    window,
                    limit,
                    hosts.local().getHostAddress(),
                    hosts.remote().getHostAddress(),
                    Slots.between(hosts),
                    true,
                    originals);
        }

        public Sa seenAs(HostPair original) {
            return new Sa(
                    spi,
                    direction,
                    key,
                    salt,
                    extended,
                    window,
                    limit,
                    local,
                    remote,
                    selectors,
                    transport,
                    Optional.of(original));
        }

        public Sa selecting(Selectors wanted) {
            return new Sa(
                    spi, direction, key, salt, extended, window, limit, local, remote, wanted, transport, originals);
        }
    }

    /** Everything between two hosts. */
    public static Selectors between(HostPair hosts) {
        return new Selectors(
                java.util.List.of(TrafficSelector.of(AddressRange.of(hosts.local()))),
                java.util.List.of(TrafficSelector.of(AddressRange.of(hosts.remote()))));
    }

    private Slots() {}

    public static Selectors any() {
        return new Selectors(
                java.util.List.of(TrafficSelector.of(AddressRange.ANY_IPV4), TrafficSelector.of(AddressRange.ANY_IPV6)),
                java.util.List.of(
                        TrafficSelector.of(AddressRange.ANY_IPV4), TrafficSelector.of(AddressRange.ANY_IPV6)));
    }

    public static InstalledSa fill(Sa sa, MemorySegment slot) {
        slot.fill((byte) 0);
        byte[] key = HexFormat.of().parseHex(sa.key());
        slot.set(JAVA_INT, SaSlotLayout.VERSION, SaSlotLayout.LAYOUT_VERSION);
        slot.set(JAVA_INT, SaSlotLayout.SPI, sa.spi());
        slot.set(JAVA_INT, SaSlotLayout.IP_PROTOCOL, 50);
        slot.set(JAVA_INT, SaSlotLayout.DIRECTION, sa.direction() == SaDirection.INBOUND ? 0 : 1);
        slot.set(JAVA_INT, SaSlotLayout.MODE, sa.transport() ? SaSlotLayout.MODE_TRANSPORT : SaSlotLayout.MODE_TUNNEL);
        sa.originals().ifPresent(o -> originals(slot, o));
        slot.set(JAVA_INT, SaSlotLayout.FLAGS, sa.extended() ? SaSlotLayout.FLAG_ESN : 0);
        slot.set(JAVA_INT, SaSlotLayout.ENCRYPTION, 20);
        slot.set(JAVA_INT, SaSlotLayout.KEY_BITS, key.length * 8);
        slot.set(JAVA_INT, SaSlotLayout.REPLAY_WINDOW, sa.window());
        slot.set(JAVA_INT, SaSlotLayout.IV_PREFIX, 1);
        slot.set(JAVA_LONG, SaSlotLayout.LINEAGE, LINEAGE.number());
        MemorySegment.copy(key, 0, slot, JAVA_BYTE, SaSlotLayout.CIPHER_KEY, key.length);
        MemorySegment.copy(HexFormat.of().parseHex(sa.salt()), 0, slot, JAVA_BYTE, SaSlotLayout.SALT, 4);
        path(slot, sa.local(), 4500, sa.remote(), 4500);
        slot.set(JAVA_LONG, SaSlotLayout.SEQ_LIMIT, sa.limit());
        slot.set(JAVA_INT, SaSlotLayout.STATE, SaSlotLayout.STATE_ACTIVE);
        return new InstalledSa(
                new SpiKey(IpsecProtocol.ESP, sa.spi()), sa.direction(), LINEAGE, "protect", sa.selectors(), slot);
    }

    private static void originals(MemorySegment slot, HostPair hosts) {
        byte[] local = hosts.local().getAddress();
        byte[] remote = hosts.remote().getAddress();
        slot.set(JAVA_INT, SaSlotLayout.ORIGINAL_FAMILY, local.length == 4 ? 4 : 6);
        MemorySegment.copy(local, 0, slot, JAVA_BYTE, SaSlotLayout.ORIGINAL_LOCAL_ADDRESS, local.length);
        MemorySegment.copy(remote, 0, slot, JAVA_BYTE, SaSlotLayout.ORIGINAL_REMOTE_ADDRESS, remote.length);
    }

    /** Has packets go without UDP from now on. */
    public static void rawPath(MemorySegment slot, String local, String remote) {
        path(slot, local, 0, remote, 0);
        slot.set(JAVA_INT, SaSlotLayout.PATH_ENCAPSULATION, SaSlotLayout.ENCAPSULATION_RAW);
    }

    /** Makes an SA one of AH over this path, with an integrity algorithm and its key. */
    public static InstalledSa ah(InstalledSa sa, int integrity, byte[] key, String local, String remote) {
        MemorySegment slot = sa.slot();
        slot.set(JAVA_INT, SaSlotLayout.IP_PROTOCOL, 51);
        slot.set(JAVA_INT, SaSlotLayout.ENCRYPTION, 0);
        slot.set(JAVA_INT, SaSlotLayout.KEY_BITS, 0);
        slot.set(JAVA_INT, SaSlotLayout.INTEGRITY, integrity);
        MemorySegment.copy(key, 0, slot, JAVA_BYTE, SaSlotLayout.INTEGRITY_KEY, key.length);
        rawPath(slot, local, remote);
        return new InstalledSa(
                new SpiKey(IpsecProtocol.AH, sa.key().spi()),
                sa.direction(),
                sa.lineage(),
                sa.policy(),
                sa.selectors(),
                slot);
    }

    public static void path(MemorySegment slot, String local, int localPort, String remote, int remotePort) {
        InetSocketAddress ours = new InetSocketAddress(Addresses.parse(local), localPort);
        InetSocketAddress theirs = new InetSocketAddress(Addresses.parse(remote), remotePort);
        byte[] from = ours.getAddress().getAddress();
        byte[] to = theirs.getAddress().getAddress();
        int version = slot.get(JAVA_INT, SaSlotLayout.PATH_VERSION);
        slot.set(JAVA_INT, SaSlotLayout.PATH_ENCAPSULATION, 1);
        slot.set(JAVA_INT, SaSlotLayout.PATH_FAMILY, from.length == 4 ? 4 : 6);
        slot.set(JAVA_INT, SaSlotLayout.PATH_MTU, 1500);
        MemorySegment.copy(from, 0, slot, JAVA_BYTE, SaSlotLayout.PATH_LOCAL_ADDRESS, from.length);
        MemorySegment.copy(to, 0, slot, JAVA_BYTE, SaSlotLayout.PATH_REMOTE_ADDRESS, to.length);
        slot.set(JAVA_INT, SaSlotLayout.PATH_LOCAL_PORT, localPort);
        slot.set(JAVA_INT, SaSlotLayout.PATH_REMOTE_PORT, remotePort);
        slot.set(JAVA_INT, SaSlotLayout.PATH_VERSION, version + 2);
    }
}
