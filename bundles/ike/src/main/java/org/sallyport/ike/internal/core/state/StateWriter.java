package org.sallyport.ike.internal.core.state;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.message.Bytes;

/** Writes the fields of a checkpoint; what it outgrows is wiped, because keys are among them. */
final class StateWriter {
    private byte[] buffer = new byte[2048];
    private int size;

    void u16(int value) {
        room(2);
        buffer[size++] = (byte) (value >> 8);
        buffer[size++] = (byte) value;
    }

    void spi(SpiKey key) {
        u16(key.protocol().securityProtocol());
        i32(key.spi());
    }

    void i32(int value) {
        u16(value >>> 16);
        u16(value);
    }

    void i64(long value) {
        i32((int) (value >>> 32));
        i32((int) value);
    }

    void bool(boolean value) {
        room(1);
        buffer[size++] = (byte) (value ? 1 : 0);
    }

    void text(String value) {
        raw(value.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(Bytes value) {
        raw(value.toArray());
    }

    void secret(SecretBytes value) {
        value.use(octets -> {
            raw(octets);
            return octets.length;
        });
    }

    <T> void option(Optional<T> value, Consumer<T> write) {
        bool(value.isPresent());
        value.ifPresent(write);
    }

    <T> void list(List<T> values, Consumer<T> write) {
        u16(values.size());
        values.forEach(write);
    }

    void endpoints(Endpoints endpoints) {
        socket(endpoints.local());
        socket(endpoints.remote());
        bool(endpoints.tcp());
    }

    void selectors(Selectors selectors) {
        list(selectors.local(), this::selector);
        list(selectors.remote(), this::selector);
    }

    private void selector(TrafficSelector selector) {
        u16(selector.protocol());
        u16(selector.ports().first());
        u16(selector.ports().last());
        raw(selector.addresses().first().getAddress());
        raw(selector.addresses().last().getAddress());
    }

    void hosts(HostPair hosts) {
        address(hosts.local());
        address(hosts.remote());
    }

    void address(InetAddress address) {
        raw(address.getAddress());
    }

    private void socket(InetSocketAddress address) {
        address(address.getAddress());
        u16(address.getPort());
    }

    private void raw(byte[] octets) {
        i32(octets.length);
        room(octets.length);
        System.arraycopy(octets, 0, buffer, size, octets.length);
        size += octets.length;
    }

    private void room(int count) {
        if (size + count > buffer.length) {
            byte[] outgrown = buffer;
            buffer = Arrays.copyOf(outgrown, Math.max(size + count, 2 * outgrown.length));
            Arrays.fill(outgrown, (byte) 0);
        }
    }

    /** Returns what was written and wipes the buffer; the caller closes the result. */
    SecretBytes toSecret() {
        SecretBytes secret = SecretBytes.owning(Arrays.copyOf(buffer, size));
        Arrays.fill(buffer, (byte) 0);
        return secret;
    }
}
