package org.sallyport.ike.internal.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.Payload;

/** Time and a network for two nodes; everything that happens follows from the seed. */
final class World {
    static final long MS = 1_000_000L;

    private record Happening(long at, long order, Runnable what) {}

    /** A message on its way, as tests see it. */
    record Sent(Node from, Endpoints endpoints, Bytes message, Effect.Summary summary) {}

    final Random random;
    final Node a;
    final Node b;
    /** These two, and who came later. */
    final List<Node> nodes = new ArrayList<>();

    final List<Sent> sent = new ArrayList<>();
    double loss;
    double duplication;
    long minDelay = MS;
    long maxDelay = MS;
    boolean recording = true;
    boolean tracing;
    java.util.function.Predicate<Sent> drop = s -> false;
    long now;
    /** Behind which address a translator has a node. */
    final Map<Node, InetAddress> translated = new HashMap<>();

    private final PriorityQueue<Happening> queue = new PriorityQueue<>(
            java.util.Comparator.comparingLong(Happening::at).thenComparingLong(Happening::order));
    private long order;
    private final Wiretap wiretap = new Wiretap();
    private final Surroundings around = new Surroundings();
    private int standing;

    World(long seed) {
        this(seed, Fault.NONE);
    }

    /** Makes a world in which the first node makes a mistake. */
    World(long seed, Fault fault) {
        random = new Random(seed);
        a = new Node("alice", "192.0.2.1", seeded(seed * 2), around, fault);
        b = new Node("bob", "192.0.2.2", seeded(seed * 2 + 1), around, Fault.NONE);
        now = 1_000_000 * MS;
        Node.introduce(a, b);
        List.of(a, b).forEach(this::admit);
    }

    private void admit(Node node) {
        nodes.add(node);
        node.listeners.add(effect -> {
            if (tracing && !(effect instanceof Effect.Received)) {
                trace("    " + node + ": " + words(effect));
            }
        });
    }

    /** Adds a peer of the second node, which the first knows nothing of. */
    Node third(String name, String address) {
        Node node = new Node(name, address, seeded(random.nextLong()), around, Fault.NONE);
        node.peers.peers.add(
                node.peer(b).deadPeerInterval(Duration.ofSeconds(100)).build());
        b.peers.peers.add(
                b.peer(node).deadPeerInterval(Duration.ofSeconds(100)).build());
        node.secrets.put("shared", "correct horse");
        node.peers.policies.add(
                node.policy("third", b, "10.9.0.0/24", "10.2.9.0/24").build());
        b.peers.policies.add(
                b.policy("third", node, "10.2.9.0/24", "10.9.0.0/24").build());
        admit(node);
        return node;
    }

    private final class Surroundings implements Node.Surroundings {
        @Override
        public void send(Node from, Endpoints endpoints, Bytes message, Effect.Summary summary) {
            wiretap.sent(from, message);
            World.this.send(from, endpoints, message, summary);
        }

        @Override
        public void installed(Node node, String key) {
            wiretap.installed(node, key);
        }

        @Override
        public void later(long wait, LongConsumer what) {
            after(wait, () -> what.accept(now));
        }

        @Override
        public Random chance() {
            return random;
        }
    }

    /** Lets somebody read whatever is sent. */
    void eavesdrop(Consumer<IkeMessage> listener) {
        wiretap.eavesdrop(listener);
    }

    /** Returns how long the next message or packet is on its way. */
    long delay() {
        return minDelay + (maxDelay > minDelay ? random.nextLong(maxDelay - minDelay) : 0);
    }

    /** Reproducible randomness, for whoever wants it to be secure. */
    @SuppressWarnings("serial")
    static SecureRandom seeded(long seed) {
        Random source = new Random(seed);
        return new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                source.nextBytes(bytes);
            }
        };
    }

    void at(long when, Runnable what) {
        queue.add(new Happening(when, order++, what));
    }

    void after(long wait, Runnable what) {
        at(now + wait, what);
    }

    void send(Node from, Endpoints endpoints, Bytes message, Effect.Summary summary) {
        Sent one = new Sent(from, endpoints, message, summary);
        if (recording) {
            sent.add(one);
        }
        if (tracing) {
            trace(from + " > " + summary.exchange() + (summary.response() ? " response " : " request ")
                    + summary.messageId() + " " + summary.payloads() + " #" + summary.transmission() + " "
                    + Integer.toHexString(message.hashCode()));
        }
        if (drop.test(one)) {
            return;
        }
        int copies = random.nextDouble() < loss ? 0 : random.nextDouble() < duplication ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            after(delay(), () -> deliver(from, endpoints, message));
        }
    }

    private void deliver(Node from, Endpoints endpoints, Bytes message) {
        InetSocketAddress source =
                new InetSocketAddress(seen(from), endpoints.local().getPort());
        for (Node to : nodes) {
            if (to != from && endpoints.remote().getAddress().equals(seen(to))) {
                if (tracing) {
                    trace("        " + to + " gets " + Integer.toHexString(message.hashCode()));
                }
                InetSocketAddress destination = new InetSocketAddress(
                        to.address.getAddress(), endpoints.remote().getPort());
                to.receive(new Endpoints(destination, source, endpoints.tcp()), message, now);
            }
        }
    }

    /** Returns a node's address as the others see it. */
    private InetAddress seen(Node node) {
        return translated.getOrDefault(node, node.address.getAddress());
    }

    private static String words(Effect effect) {
        return switch (effect) {
            case Effect.ChildUp e -> "child up " + e.child().inboundSpi + " " + e.child().lineage;
            case Effect.ChildDown e -> "child down " + e.child().inboundSpi + " " + e.reason();
            case Effect.ChildRekeyed e -> "child rekeyed " + e.old().inboundSpi + " by " + e.successor().inboundSpi;
            case Effect.Ask e ->
                "asks " + e.question().getClass().getSimpleName()
                        + switch (e.question()) {
                            case Question.ActivateOutbound q ->
                                " " + q.inbound().spi() + " > " + q.peerSpi();
                            case Question.InstallInbound q -> " " + q.child().inboundSpi;
                            default -> "";
                        };
            case Effect.Retire e -> "retire " + e.inbound().spi();
            case Effect.Delete e -> "delete " + e.inbound().spi();
            default -> effect.toString();
        };
    }

    @SuppressWarnings("SystemOut") // asked for by whoever looks for a seed's story
    void trace(String line) {
        System.out.println((now / World.MS - 1_000_000) + " ms " + line);
    }

    /** Sends a request that a node would never send, protected as if it did; returns what its peer answers. */
    List<IkeMessage> forge(Node from, ExchangeType exchange, List<Payload> payloads) {
        return forge(from, exchange, cipher -> cipher.encode(payloads));
    }

    /** Sends octets as a request of a node, protected; returns what its peer answers. */
    List<IkeMessage> forge(Node from, ExchangeType exchange, java.util.function.Function<Forgery, byte[]> forgery) {
        IkeSaState sa = from.current().orElseThrow();
        Node to = from == a ? b : a;
        Forgery forger = new Forgery(sa, exchange);
        byte[] message = forgery.apply(forger);
        int before = sent.size();
        Endpoints endpoints = from.only().state().endpoints;
        to.receive(
                new Endpoints(/* local= */ endpoints.remote(), /* remote= */ endpoints.local()),
                Bytes.of(message),
                now);
        return sent.subList(before, sent.size()).stream()
                .filter(s -> s.from() == to && s.summary().response())
                .map(s -> forger.open(s.message()))
                .toList();
    }

    /** Lets time go by until nothing is left to happen before then. */
    void runUntil(long end) {
        while (true) {
            long happening = queue.isEmpty() ? Long.MAX_VALUE : queue.peek().at();
            long timer = nodes.stream().mapToLong(Node::deadline).min().orElse(Long.MAX_VALUE);
            long next = Math.min(happening, timer);
            if (next > end) {
                now = end;
                return;
            }
            standing = next > now ? 0 : standing;
            now = Math.max(now, next);
            if (happening <= timer) {
                queue.remove().what().run();
            } else {
                if (++standing > 10_000) {
                    throw new AssertionError("time does not go by: somebody is always due");
                }
                nodes.forEach(node -> node.tick(now));
            }
        }
    }

    void run(long duration) {
        runUntil(now + duration);
    }
}
