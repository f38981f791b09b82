package org.sallyport.ike.internal.core.state;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.message.Bytes;

/** Reads the fields of a checkpoint. */
final class StateReader {
    /** Reads one value. */
    interface Read<T> {
        T read() throws IOException;
    }

    private static final int LONGEST = 0x10_0000;

    private final DataInputStream in;

    StateReader(DataInputStream in) {
        this.in = in;
    }

    int u16() throws IOException {
        return in.readUnsignedShort();
    }

    SpiKey spi() throws IOException {
        int number = u16();
        return new SpiKey(
                IpsecProtocol.of(number)
                        .orElseThrow(() -> new IllegalArgumentException("it holds an SPI of protocol " + number)),
                i32());
    }

    int i32() throws IOException {
        return in.readInt();
    }

    long i64() throws IOException {
        return in.readLong();
    }

    boolean bool() throws IOException {
        return in.readBoolean();
    }

    String text() throws IOException {
        return new String(raw(), StandardCharsets.UTF_8);
    }

    Bytes bytes() throws IOException {
        return Bytes.of(raw());
    }

    SecretBytes secret() throws IOException {
        return SecretBytes.owning(raw());
    }

    <T> Optional<T> option(Read<T> read) throws IOException {
        return bool() ? Optional.of(read.read()) : Optional.empty();
    }

    <T> List<T> list(Read<T> read) throws IOException {
        int count = u16();
        List<T> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(read.read());
        }
        return values;
    }

    Endpoints endpoints() throws IOException {
        return new Endpoints(socket(), socket(), bool());
    }

    Selectors selectors() throws IOException {
        return new Selectors(list(this::selector), list(this::selector));
    }

    private TrafficSelector selector() throws IOException {
        return new TrafficSelector(u16(), new PortRange(u16(), u16()), new AddressRange(address(), address()));
    }

    private InetSocketAddress socket() throws IOException {
        return new InetSocketAddress(address(), u16());
    }

    HostPair hosts() throws IOException {
        return new HostPair(address(), address());
    }

    InetAddress address() throws IOException {
        return Addresses.of(raw());
    }

    private byte[] raw() throws IOException {
        int length = in.readInt();
        if (length < 0 || length > Math.min(LONGEST, in.available())) {
            throw new IOException("a field of " + length + " octets");
        }
        byte[] octets = new byte[length];
        in.readFully(octets);
        return octets;
    }
}
