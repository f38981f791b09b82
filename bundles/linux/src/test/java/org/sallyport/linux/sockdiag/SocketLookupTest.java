package org.sallyport.linux.sockdiag;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketLookupTest {
    private static final int TCP = 6;
    private static final int UDP = 17;

    private final SocketLookup lookup = SocketLookup.open();

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void bothEndsOfAConnectionAreFoundEachByItsOwnName(String address) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(at(address, 0));
                SocketChannel client = SocketChannel.open((InetSocketAddress) server.getLocalAddress())) {
            InetSocketAddress near = (InetSocketAddress) client.getLocalAddress();
            InetSocketAddress far = (InetSocketAddress) client.getRemoteAddress();

            FoundSocket active = lookup.find(TCP, near, far).orElseThrow();
            assertThat(active.connected()).isTrue();
            assertThat(active.settled()).isTrue();
            assertThat(active.inode()).isPositive();
            assertThat(SocketDump.cookies()).contains(active.cookie());

            FoundSocket waiting = lookup.find(TCP, far, near).orElseThrow();
            assertThat(waiting.inode()).isZero();
            try (SocketChannel accepted = server.accept()) {
                FoundSocket passive = lookup.find(TCP, far, near).orElseThrow();
                assertThat(passive.cookie()).isNotEqualTo(active.cookie());
                assertThat(passive.inode()).isPositive();
                assertThat(accepted.isConnected()).isTrue();
            }
        }
    }

    @Test
    void whoListensIsNotSettled() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(at("127.0.0.1", 0))) {
            FoundSocket listener = lookup.find(TCP, (InetSocketAddress) server.getLocalAddress(), at("127.0.0.1", 9))
                    .orElseThrow();
            assertThat(listener.settled()).isFalse();
            assertThat(listener.connected()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void datagramSocketsAreFoundConnectedOrNot(String address) throws IOException {
        try (DatagramChannel bound = DatagramChannel.open().bind(at(address, 0));
                DatagramChannel connected =
                        DatagramChannel.open().bind(at(address, 0)).connect(bound.getLocalAddress())) {
            InetSocketAddress here = (InetSocketAddress) connected.getLocalAddress();
            InetSocketAddress there = (InetSocketAddress) bound.getLocalAddress();

            FoundSocket sender = lookup.find(UDP, here, there).orElseThrow();
            FoundSocket receiver = lookup.find(UDP, there, here).orElseThrow();

            assertThat(sender.connected()).isTrue();
            assertThat(receiver.connected()).isFalse();
            assertThat(sender.cookie()).isNotEqualTo(receiver.cookie());
            assertThat(SocketDump.cookies()).containsAll(Set.of(sender.cookie(), receiver.cookie()));
        }
    }

    @Test
    void aConnectionThatItsProgramClosedIsNotFoundWhileThePeerStillHasIt() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(at("127.0.0.1", 0))) {
            SocketChannel client = SocketChannel.open((InetSocketAddress) server.getLocalAddress());
            InetSocketAddress near = (InetSocketAddress) client.getLocalAddress();
            InetSocketAddress far = (InetSocketAddress) client.getRemoteAddress();
            try (SocketChannel accepted = server.accept()) {
                client.close();

                assertThat(lookup.find(TCP, near, far)).isEmpty();
                assertThat(lookup.find(TCP, far, near)).isPresent();
                assertThat(accepted.isOpen()).isTrue();
            }
        }
    }

    @Test
    void whatIsGoneIsNotFound() throws IOException {
        InetSocketAddress gone;
        try (DatagramChannel bound = DatagramChannel.open().bind(at("127.0.0.1", 0))) {
            bound.setOption(StandardSocketOptions.SO_REUSEADDR, false);
            gone = (InetSocketAddress) bound.getLocalAddress();
        }
        assertThat(lookup.find(UDP, gone, at("127.0.0.1", 9))).isEqualTo(Optional.empty());
        assertThat(lookup.find(TCP, at("127.0.0.1", 1), at("127.0.0.1", 2))).isEmpty();
        assertThat(lookup.find(1, at("127.0.0.1", 0), at("127.0.0.1", 0))).isEmpty();
    }

    private static InetSocketAddress at(String address, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(address), port);
    }
}
