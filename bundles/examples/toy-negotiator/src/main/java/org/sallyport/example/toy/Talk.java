package org.sallyport.example.toy;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;

/** What is said inside sealed datagrams, once both sides have proven that they know the secret. */
sealed interface Talk {
    /** Selectors of one side in a message. */
    int MOST_SELECTORS = 16;

    int LONGEST_WORDS = 200;

    /**
     * A pair is wanted.
     *
     * @param spi on which the initiator receives
     * @param replaces the SPI on which the responder receives the pair to be replaced; 0 for none
     * @param selectors the initiator's side local
     */
    record Want(int spi, int replaces, Selectors selectors) implements Talk {}

    /** It stands: the SPI on which the responder receives. */
    record Have(int spi) implements Talk {}

    /** It does not, in words. */
    record Refused(String words) implements Talk {}

    /** Are you there? */
    record Ping() implements Talk {}

    /** Yes. */
    record Pong() implements Talk {}

    /** This pair ends, in words. */
    record Bye(String words) implements Talk {}

    default byte[] encoded() {
        return octets(out -> {
            switch (this) {
                case Want want -> {
                    out.write(1);
                    out.writeInt(want.spi());
                    out.writeInt(want.replaces());
                    write(out, want.selectors().local());
                    write(out, want.selectors().remote());
                }
                case Have have -> {
                    out.write(2);
                    out.writeInt(have.spi());
                }
                case Refused refused -> {
                    out.write(3);
                    words(out, refused.words());
                }
                case Ping ignored -> out.write(4);
                case Pong ignored -> out.write(5);
                case Bye bye -> {
                    out.write(6);
                    words(out, bye.words());
                }
            }
        });
    }

    static Talk read(byte[] octets) throws BadMessageException {
        Octets in = new Octets(octets);
        Talk talk =
                switch (in.u8()) {
                    case 1 -> {
                        int spi = in.u32();
                        int replaces = in.u32();
                        yield new Want(spi, replaces, new Selectors(selectors(in), selectors(in)));
                    }
                    case 2 -> new Have(in.u32());
                    case 3 -> new Refused(in.text());
                    case 4 -> new Ping();
                    case 5 -> new Pong();
                    case 6 -> new Bye(in.text());
                    default -> throw new BadMessageException("nobody says that");
                };
        in.end();
        return talk;
    }

    private static void write(DataOutputStream out, List<TrafficSelector> selectors) throws IOException {
        out.write(selectors.size());
        for (TrafficSelector each : selectors) {
            out.write(each.protocol());
            out.writeShort(each.ports().first());
            out.writeShort(each.ports().last());
            byte[] first = each.addresses().first().getAddress();
            out.write(first.length);
            out.write(first);
            out.write(each.addresses().last().getAddress());
        }
    }

    private static List<TrafficSelector> selectors(Octets in) throws BadMessageException {
        int count = in.u8();
        if (count == 0 || count > MOST_SELECTORS) {
            throw new BadMessageException("it has " + count + " selectors");
        }
        List<TrafficSelector> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(selector(in));
        }
        return all;
    }

    private static TrafficSelector selector(Octets in) throws BadMessageException {
        int protocol = in.u8();
        int firstPort = in.u16();
        int lastPort = in.u16();
        int family = in.u8();
        if (family != 4 && family != 16) {
            throw new BadMessageException("an address has " + family + " octets");
        }
        try {
            InetAddress first = Addresses.of(in.bytes(family));
            InetAddress last = Addresses.of(in.bytes(family));
            return new TrafficSelector(protocol, new PortRange(firstPort, lastPort), new AddressRange(first, last));
        } catch (IllegalArgumentException e) {
            throw new BadMessageException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void words(DataOutputStream out, String words) throws IOException {
        String some = words.length() > LONGEST_WORDS / 2 ? words.substring(0, LONGEST_WORDS / 2) : words;
        byte[] octets = some.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(octets.length, LONGEST_WORDS);
        out.write(length);
        out.write(octets, 0, length);
    }

    static byte[] octets(Messages.Body body) {
        return Messages.collect(body);
    }
}
