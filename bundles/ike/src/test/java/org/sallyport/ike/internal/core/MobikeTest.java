package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** MOBIKE's notifies (RFC 4555), with nobody moving yet. */
class MobikeTest {
    private static final long SECOND = 1000 * World.MS;

    private final World world = new World(21);

    private void connect(boolean alice, boolean bob) {
        world.a.peers.peers.set(0, world.a.peer(world.b).mobike(alice).build());
        world.b.peers.peers.set(0, world.b.peer(world.a).mobike(bob).build());
        world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(SECOND);
        assertThat(world.b.established()).isEqualTo(1);
    }

    private IkeMessage inform(Payload... payloads) {
        return world.forge(world.a, ExchangeType.INFORMATIONAL, List.of(payloads))
                .getFirst();
    }

    private static Payload notify(NotifyType type, String hex) {
        return Payload.Notify.of(type, Bytes.ofHex(hex));
    }

    @Test
    void bothHaveToWantIt() {
        connect(true, true);
        assertThat(world.a.only().state().mobike).isTrue();
        assertThat(world.b.only().state().mobike).isTrue();
    }

    @Test
    void whoDoesNotWantItIsSilent() {
        connect(true, false);
        assertThat(world.a.only().state().mobike).isFalse();
        assertThat(inform(notify(NotifyType.COOKIE2, "0102030405060708")).payloads())
                .isEmpty();
    }

    @Test
    void ourAddressesAreNotAnnounced() {
        connect(true, true);
        assertThat(world.sent.stream().flatMap(s -> s.summary().payloads().stream()))
                .noneMatch(p -> p.contains("ADDITIONAL"));
    }

    @Test
    void aCookieComesBack() {
        connect(true, true);
        IkeMessage answer = inform(notify(NotifyType.COOKIE2, "0102030405060708"));
        assertThat(answer.notify(NotifyType.COOKIE2).orElseThrow().data()).isEqualTo(Bytes.ofHex("0102030405060708"));
    }

    @Test
    void aCookieOfAnotherLengthIsNoCookie() {
        connect(true, true);
        assertThat(inform(notify(NotifyType.COOKIE2, "01")).notify(NotifyType.INVALID_SYNTAX))
                .isPresent();
    }

    @Test
    void furtherAddressesAreKeptAndReplaced() {
        connect(true, true);
        inform(
                notify(NotifyType.ADDITIONAL_IP4_ADDRESS, "c6336401"),
                notify(NotifyType.ADDITIONAL_IP6_ADDRESS, "20010db8000000000000000000000001"),
                notify(NotifyType.ADDITIONAL_IP4_ADDRESS, "c63364"));
        assertThat(world.b.only().state().additionalAddresses)
                .containsExactly(Addresses.parse("198.51.100.1"), Addresses.parse("2001:db8::1"));
        world.b.restart(world.now);
        assertThat(world.b.only().state().additionalAddresses).hasSize(2);
        inform();
        assertThat(world.b.only().state().additionalAddresses).hasSize(2);
        inform(Payload.Notify.of(NotifyType.NO_ADDITIONAL_ADDRESSES));
        assertThat(world.b.only().state().additionalAddresses).isEmpty();
    }

    @Test
    void moreAddressesThanAnybodyHasAreNotKept() {
        connect(true, true);
        inform(IntStream.range(0, 100)
                .mapToObj(i -> notify(NotifyType.ADDITIONAL_IP4_ADDRESS, String.format("c63364%02x", i)))
                .toArray(Payload[]::new));
        assertThat(world.b.only().state().additionalAddresses).hasSize(16);
    }

    @Test
    void theAddressesThatStandAreAccepted() {
        connect(true, true);
        assertThat(inform(Payload.Notify.of(NotifyType.UPDATE_SA_ADDRESSES)).payloads())
                .isEmpty();
    }

    @Test
    void othersAreNotAcceptableYet() {
        connect(true, true);
        Endpoints standing = world.a.only().state().endpoints;
        world.a.only().state().endpoints =
                new Endpoints(new java.net.InetSocketAddress(Addresses.parse("192.0.2.77"), 4500), standing.remote());
        IkeMessage answer = inform(Payload.Notify.of(NotifyType.UPDATE_SA_ADDRESSES));
        assertThat(answer.notify(NotifyType.UNACCEPTABLE_ADDRESSES)).isPresent();
        assertThat(world.b.only().state().endpoints.remote().getAddress())
                .isEqualTo(standing.local().getAddress());
    }

    @Test
    void aNatThatIsNotAllowedIsTold() {
        connect(true, true);
        // from 192.0.2.1 to 192.0.2.2, both ports 4500
        assertThat(inform(notify(NotifyType.NO_NATS_ALLOWED, "c0000201c000020211941194"))
                        .payloads())
                .isEmpty();
        assertThat(inform(notify(NotifyType.NO_NATS_ALLOWED, "0a000001c000020211941194"))
                        .notify(NotifyType.UNEXPECTED_NAT_DETECTED))
                .isPresent();
    }
}
