package org.sallyport.ike.internal.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.core.state.RequestWindow;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;

/**
 * A peer that asks ahead (RFC 7296 section 2.3): some liveness checks of one IKE SA at once, sent out of order, again and
 * again until all are answered, and once more after that.
 */
final class Burst {
    private static final long INTERVAL = 400 * World.MS;

    private final World world;
    private final Node node;
    private final Session session;
    private final Map<Long, Bytes> open = new HashMap<>();
    private List<Bytes> all = List.of();

    Burst(World world, Node node, Session session) {
        this.world = world;
        this.node = node;
        this.session = session;
    }

    void begin() {
        Optional<IkeSa> current = session.currentSa()
                .filter(sa -> session.state().phase == Phase.ESTABLISHED && sa.idle() && sa.state().agreed());
        if (current.isEmpty()) {
            return;
        }
        IkeSaState sa = current.get().state();
        int count = 2 + world.random.nextInt(RequestWindow.SIZE - 2);
        for (int i = 0; i < count; i++) {
            IkeHeader header = IkeHeader.request(
                    sa.initiatorSpi(),
                    sa.responderSpi(),
                    ExchangeType.INFORMATIONAL,
                    sa.originalInitiator,
                    sa.nextRequestId);
            byte[] message = Node.cipher(sa)
                    .seal(sa.keys().direction(sa.originalInitiator), sa.ivs(), header, List.of());
            open.put(sa.nextRequestId++, Bytes.of(message));
        }
        all = new ArrayList<>(open.values());
        node.store(session);
        node.answers(sa.localSpi, id -> open.remove(id));
        send(sa, 1);
    }

    private void send(IkeSaState sa, int transmission) {
        boolean over = open.isEmpty();
        List<Bytes> messages = new ArrayList<>(over ? all : open.values());
        Collections.shuffle(messages, world.random);
        Endpoints endpoints = session.state().endpoints;
        for (Bytes each : messages) {
            world.send(node, endpoints, each, new Effect.Summary("INFORMATIONAL", false, 0, List.of(), transmission));
        }
        if (!over && node.bySpi.containsKey(sa.localSpi)) {
            world.after(INTERVAL, () -> send(sa, transmission + 1));
        }
    }
}
