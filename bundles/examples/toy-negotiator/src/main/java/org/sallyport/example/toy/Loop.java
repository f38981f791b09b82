package org.sallyport.example.toy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that the protocol lives on, with its socket: datagrams, wishes and time, one after the other. */
final class Loop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final int MOST_WISHES = 4096;
    private static final int DATAGRAMS_IN_A_TURN = 64;
    private static final long PATIENCE_SECONDS = 5;

    private final DatagramChannel channel;
    private final Selector selector;
    private final BlockingQueue<Consumer<Protocol>> wishes = new ArrayBlockingQueue<>(MOST_WISHES);
    private final ByteBuffer buffer = ByteBuffer.allocate(Messages.LONGEST + 1);
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    /** Opens the socket. */
    Loop(int port) {
        try {
            channel = DatagramChannel.open();
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, false);
            channel.bind(new InetSocketAddress(port));
            channel.configureBlocking(false);
            selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
        } catch (IOException e) {
            throw new UncheckedIOException("UDP port " + port + " cannot be used", e);
        }
    }

    /** Starts to live. */
    void start(Protocol protocol) {
        thread = Thread.ofPlatform().daemon().name("sallyport-example-toy").start(() -> run(protocol));
    }

    void send(InetSocketAddress to, byte[] datagram) {
        try {
            channel.send(ByteBuffer.wrap(datagram), to);
        } catch (IOException e) {
            LOG.debug("nothing was sent to {}: it counts as lost", to, e);
        }
    }

    /** Has something done soon; tells whether there is room for it. */
    boolean post(Consumer<Protocol> wish) {
        boolean taken = !closed && wishes.offer(wish);
        selector.wakeup();
        return taken;
    }

    private void run(Protocol protocol) {
        while (!closed) {
            try {
                turn(protocol);
            } catch (IOException e) {
                LOG.error("the socket failed", e);
                return;
            } catch (RuntimeException e) {
                LOG.error("something was not done", e);
            }
        }
        protocol.stop();
    }

    private void turn(Protocol protocol) throws IOException {
        long wait = protocol.deadline();
        long now = System.nanoTime();
        selector.select(
                Math.clamp((wait == Long.MAX_VALUE ? 1000 : TimeUnit.NANOSECONDS.toMillis(wait - now) + 1), 1, 1000));
        for (int i = 0; i < DATAGRAMS_IN_A_TURN; i++) {
            buffer.clear();
            if (channel.receive(buffer) instanceof InetSocketAddress from) {
                buffer.flip();
                byte[] datagram = new byte[buffer.remaining()];
                buffer.get(datagram);
                protocol.received(from, datagram, System.nanoTime());
            } else {
                break;
            }
        }
        selector.selectedKeys().clear();
        for (Consumer<Protocol> wish = wishes.poll(); wish != null; wish = wishes.poll()) {
            wish.accept(protocol);
        }
        protocol.tick(System.nanoTime());
    }

    /** Ends every conversation, and then itself. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            Thread running = thread;
            if (running != null) {
                running.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            }
            selector.close();
            channel.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("the socket was not closed", e);
        }
    }
}
