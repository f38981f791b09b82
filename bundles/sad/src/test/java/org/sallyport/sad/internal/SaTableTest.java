package org.sallyport.sad.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sallyport.sad.internal.World.flow;
import static org.sallyport.sad.internal.World.keys;
import static org.sallyport.sad.internal.World.selectors;
import static org.sallyport.sad.internal.World.spec;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.api.sa.SpiKey;

class SaTableTest {
    private static final Reason BY_PEER = Reason.of(ReasonCode.DELETED_BY_PEER, "berlin");

    private final World world = World.withPlane();
    private final PairTable table = world.sad.table();
    private final ChildSaId lineage = world.lineage();

    @Test
    void receivesBeforeItSendsAndStopsSendingBeforeItStopsReceiving() throws Exception {
        SpiKey inbound = world.up(spec(lineage).build(), 0x777);
        assertThat(table.handle(lineage))
                .contains(new SaPairHandle(lineage, inbound, new SpiKey(IpsecProtocol.ESP, 0x777)));

        table.retire(inbound);
        assertThat(table.handle(lineage)).isEmpty();
        table.delete(inbound, BY_PEER);

        assertThat(world.plane.calls)
                .containsExactly(
                        "caught up",
                        "install " + inbound,
                        "activate 00000777",
                        "retire 00000777",
                        "remove 00000777",
                        "remove " + inbound);
        assertThat(world.plane.inbound).isEmpty();
        assertThat(world.memory.used()).isZero();
    }

    /** What the peer sends by an SPI that it was told, before the SA is installed, can be kept only if it is known of. */
    @Test
    void tellsTheDataPlaneOfReservationsAndOfTheirEnd() throws Exception {
        SpiKey kept = table.reserveSpi(IpsecProtocol.ESP);
        SpiKey givenBack = table.reserveSpi(IpsecProtocol.ESP);
        assertThat(world.plane.reserved).containsExactlyInAnyOrder(kept, givenBack);
        table.delete(givenBack, BY_PEER);
        assertThat(world.plane.reserved).containsExactly(kept);
        table.installInbound(kept, spec(lineage).build(), keys(1));
        assertThat(world.plane.reserved).isEmpty();
        table.delete(kept, BY_PEER);
    }

    @Test
    void aReservationThatNobodyUsesEnds() throws Exception {
        table.reserveSpi(IpsecProtocol.ESP);
        world.pass(Ageing.RESERVATION);
        assertThat(world.plane.reserved).isEmpty();
    }

    @Test
    void fillsTheSlotsAsTheLayoutHasThem() throws Exception {
        SpiKey inbound = world.up(spec(lineage).build(), 0x777);
        MemorySegment in = world.plane.receiver(inbound).slot();
        MemorySegment out = world.plane.sender(0x777).slot();

        assertThat(in.get(JAVA_INT, SaSlotLayout.VERSION)).isEqualTo(SaSlotLayout.LAYOUT_VERSION);
        assertThat(in.get(JAVA_INT, SaSlotLayout.STATE)).isEqualTo(SaSlotLayout.STATE_ACTIVE);
        assertThat(in.get(JAVA_INT, SaSlotLayout.SPI)).isEqualTo(inbound.spi());
        assertThat(out.get(JAVA_INT, SaSlotLayout.SPI)).isEqualTo(0x777);
        assertThat(in.get(JAVA_INT, SaSlotLayout.DIRECTION)).isZero();
        assertThat(out.get(JAVA_INT, SaSlotLayout.DIRECTION)).isEqualTo(1);
        assertThat(out.get(JAVA_INT, SaSlotLayout.IP_PROTOCOL)).isEqualTo(50);
        assertThat(out.get(JAVA_INT, SaSlotLayout.FLAGS)).isEqualTo(SaSlotLayout.FLAG_ESN);
        assertThat(out.get(JAVA_INT, SaSlotLayout.ENCRYPTION)).isEqualTo(20);
        assertThat(out.get(JAVA_INT, SaSlotLayout.KEY_BITS)).isEqualTo(256);
        assertThat(out.get(JAVA_INT, SaSlotLayout.REPLAY_WINDOW)).isEqualTo(1024);
        assertThat(out.get(JAVA_INT, SaSlotLayout.IV_PREFIX)).isEqualTo(1);
        assertThat(out.get(JAVA_LONG, SaSlotLayout.LINEAGE)).isEqualTo(lineage.number());
        assertThat(out.get(JAVA_LONG, SaSlotLayout.SEQ_LIMIT)).isEqualTo(1 << 20);
        assertThat(in.get(JAVA_BYTE, SaSlotLayout.CIPHER_KEY)).isEqualTo((byte) 0x41);
        assertThat(out.get(JAVA_BYTE, SaSlotLayout.CIPHER_KEY + 31)).isEqualTo((byte) 0x42);
        assertThat(out.get(JAVA_BYTE, SaSlotLayout.SALT + 3)).isEqualTo((byte) 0x62);
        assertThat(out.get(JAVA_BYTE, SaSlotLayout.SALT + 4)).isZero();
        assertThat(out.get(JAVA_INT, SaSlotLayout.PATH_VERSION)).isEqualTo(2);
        assertThat(out.get(JAVA_INT, SaSlotLayout.PATH_ENCAPSULATION)).isEqualTo(1);
        assertThat(out.get(JAVA_INT, SaSlotLayout.PATH_FAMILY)).isEqualTo(4);
        assertThat(out.get(JAVA_INT, SaSlotLayout.PATH_MTU)).isEqualTo(1500);
        assertThat(out.asSlice(SaSlotLayout.PATH_REMOTE_ADDRESS, 4).toArray(JAVA_BYTE))
                .containsExactly(192, 0, 2, 2);
        assertThat(out.get(JAVA_INT, SaSlotLayout.PATH_LOCAL_PORT)).isEqualTo(4500);
        assertThat(out.get(JAVA_INT, SaSlotLayout.PATH_REMOTE_PORT)).isEqualTo(4501);
    }

    @Test
    void fillsInWhatTransportModeNeeds() throws Exception {
        world.spd = World.policies(transport());
        HostPair originals = new HostPair(Addresses.parse("10.9.0.1"), Addresses.parse("172.16.0.9"));
        SpiKey inbound = world.up(
                spec(lineage)
                        .mode(IpsecMode.TRANSPORT)
                        .originals(Optional.of(originals))
                        .build(),
                0x777);
        MemorySegment in = world.plane.receiver(inbound).slot();
        assertThat(in.get(JAVA_INT, SaSlotLayout.MODE)).isEqualTo(SaSlotLayout.MODE_TRANSPORT);
        assertThat(in.get(JAVA_INT, SaSlotLayout.ORIGINAL_FAMILY)).isEqualTo(4);
        assertThat(in.asSlice(SaSlotLayout.ORIGINAL_LOCAL_ADDRESS, 4).toArray(JAVA_BYTE))
                .containsExactly(10, 9, 0, 1);
        assertThat(in.asSlice(SaSlotLayout.ORIGINAL_REMOTE_ADDRESS, 4).toArray(JAVA_BYTE))
                .containsExactly(172, 16, 0, 9);
        assertThat(in.get(JAVA_LONG, SaSlotLayout.SEQ_LIMIT)).isPositive();
    }

    @Test
    void wipesEveryOctetOnDelete() throws Exception {
        SpiKey inbound = world.up(spec(lineage).build(), 0x777);
        MemorySegment in = world.plane.receiver(inbound).slot();
        MemorySegment out = world.plane.sender(0x777).slot();

        table.delete(inbound, BY_PEER);

        MemorySegment zeros = MemorySegment.ofArray(new byte[SaSlotLayout.SIZE]);
        assertThat(in.mismatch(zeros)).isEqualTo(-1);
        assertThat(out.mismatch(zeros)).isEqualTo(-1);
    }

    @Test
    void neverPutsKeysIntoWords() throws Exception {
        SpiKey inbound = world.up(spec(lineage).build(), 0x777);
        Pair pair = table.pair(inbound).orElseThrow();
        String words =
                pair + " " + pair.inbound() + " " + world.sad.inspection().list();
        assertThat(words).doesNotContain("4141").doesNotContain("4242").contains("berlin");
    }

    @Test
    void insistsOnTheOrder() throws Exception {
        SpiKey foreign = new SpiKey(IpsecProtocol.ESP, 0x4711);
        assertThatIllegalStateException()
                .isThrownBy(() -> table.installInbound(foreign, spec(lineage).build(), keys(1)))
                .withMessageContaining("was not reserved");
        SpiKey inbound = world.reserve();
        assertThatIllegalStateException()
                .isThrownBy(() -> table.activateOutbound(inbound, 0x777, keys(1)))
                .withMessageContaining("is not INSTALLED");
        table.installInbound(inbound, spec(lineage).build(), keys(1));
        assertThatIllegalStateException()
                .isThrownBy(() -> table.installInbound(inbound, spec(lineage).build(), keys(1)));
        table.activateOutbound(inbound, 0x777, keys(2));
        assertThatIllegalStateException().isThrownBy(() -> table.activateOutbound(inbound, 0x778, keys(2)));
        table.delete(foreign, BY_PEER);
        table.retire(foreign);
    }

    @Test
    void refusesWithoutADataPlane() {
        World alone = new World();
        SpiKey inbound = alone.reserve();
        assertRefused(ReasonCode.DATA_PLANE_ABSENT, () -> alone.sad
                .table()
                .installInbound(inbound, spec(alone.lineage()).build(), keys(1)));
        alone.sad.table().delete(inbound, BY_PEER);
        assertThat(alone.memory.used()).isZero();
    }

    @Test
    void refusesWhatThePadForbids() {
        world.pad = World.peers(World.peer("10.3.0.0/16"));
        assertRefused(ReasonCode.PAD_FORBIDS, () -> world.up(spec(lineage).build(), 1));
        assertThat(world.memory.used()).isZero();
        assertThat(world.plane.calls).containsExactly("caught up");
    }

    @Test
    void refusesAnotherIdentityThanTheConnectionsOwn() {
        assertRefused(
                ReasonCode.UNKNOWN_IDENTITY,
                () -> world.up(spec(lineage).peerIdentity("mallory.example").build(), 1));
        ChildSaId strange = table.openLineage(table.openIkeSa(new ConnectionId("paris")));
        assertRefused(ReasonCode.UNKNOWN_IDENTITY, () -> world.up(spec(strange).build(), 1));
    }

    @Test
    void refusesWhatNoPolicyInForceCovers() {
        assertRefused(
                ReasonCode.TS_UNACCEPTABLE,
                () -> world.up(
                        spec(lineage)
                                .selectors(selectors("10.1.0.0/24", "10.2.0.0/23"))
                                .build(),
                        1));
        assertRefused(
                ReasonCode.POLICY_GONE,
                () -> world.up(spec(lineage).policy("another").build(), 1));
        world.spd = World.policies(Policy.builder(World.POLICY, Action.DISCARD)
                .selectors(World.SELECTORS)
                .build());
        assertRefused(ReasonCode.POLICY_GONE, () -> world.up(spec(lineage).build(), 1));
        world.spd = null;
        assertRefused(ReasonCode.CAPABILITY_ABSENT, () -> world.up(spec(lineage).build(), 1));
        assertThat(world.memory.used()).isZero();
    }

    private static Policy transport() {
        return World.protect(World.POLICY, World.SELECTORS)
                .mode(IpsecMode.TRANSPORT)
                .build();
    }

    @Test
    void refusesAnotherModeThanThePolicys() {
        assertRefused(
                ReasonCode.MODE_DIFFERS,
                () -> world.up(spec(lineage).mode(IpsecMode.TRANSPORT).build(), 1));
    }

    @Test
    void refusesAnotherProtocolThanThePolicys() {
        assertRefused(
                ReasonCode.PROTOCOL_DIFFERS,
                () -> world.up(spec(lineage).suite(new SaSuite(0, 0, 12, true)).build(), 1));
    }

    @Test
    void refusesASecondHostBehindTheSameTranslatorInTransportMode() throws Exception {
        world.spd = World.policies(transport());
        SaSpec.Builder first = behindNat("172.16.0.9");
        world.up(first.build(), 1);
        world.up(first.build(), 2); // its successor
        assertRefused(
                ReasonCode.TRANSPORT_SHARED,
                () -> world.up(behindNat("172.16.0.10").build(), 3));
    }

    private SaSpec.Builder behindNat(String host) {
        return spec(lineage)
                .mode(IpsecMode.TRANSPORT)
                .originals(Optional.of(new HostPair(Addresses.parse("192.0.2.1"), Addresses.parse(host))));
    }

    @Test
    void refusesAPolicyOfAnotherPeer() {
        world.spd = World.policies(World.protect(World.POLICY, World.SELECTORS)
                .peer(new ConnectionId("paris"))
                .build());
        assertRefused(ReasonCode.POLICY_GONE, () -> world.up(spec(lineage).build(), 1));
    }

    @Test
    void noticesAGenerationThatComesBetweenTheTwoHalves() throws Exception {
        SpiKey inbound = world.reserve();
        table.installInbound(inbound, spec(lineage).build(), keys(1));
        world.spd = World.policies();
        assertRefused(ReasonCode.POLICY_GONE, () -> table.activateOutbound(inbound, 7, keys(2)));
        assertThat(table.handle(lineage)).isEmpty();
    }

    @Test
    void takesBackWhatTheDataPlaneRefuses() throws Exception {
        world.plane.refusesInbound = true;
        SpiKey inbound = world.reserve();
        assertRefused(
                ReasonCode.CAPABILITY_ABSENT,
                () -> table.installInbound(inbound, spec(lineage).build(), keys(1)));
        assertThat(world.memory.used()).isZero();

        world.plane.refusesInbound = false;
        world.plane.refusesOutbound = true;
        table.installInbound(inbound, spec(lineage).build(), keys(1));
        assertRefused(ReasonCode.CAPABILITY_ABSENT, () -> table.activateOutbound(inbound, 7, keys(2)));
        assertThat(world.memory.used()).isEqualTo(1);
        assertThat(table.find(World.POLICY, flow("10.1.0.1", "10.2.0.1", 80))).isEmpty();

        world.plane.refusesOutbound = false;
        table.activateOutbound(inbound, 7, keys(2));
        assertThat(table.find(World.POLICY, flow("10.1.0.1", "10.2.0.1", 80))).contains(lineage);
    }

    @Test
    void aDataPlaneThatFailsIsARefusalInWords() {
        world.plane.fails = true;
        assertRefused(ReasonCode.INTERNAL_ERROR, () -> world.up(spec(lineage).build(), 1));
        assertThat(world.memory.used()).isZero();
    }

    @Test
    void takesNoKeysThatDoNotFitTheSuite() {
        SpiKey inbound = world.reserve();
        assertThatThrownBy(() -> table.installInbound(
                        inbound,
                        spec(lineage).suite(new SaSuite(20, 128, 0, true)).build(),
                        keys(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the encryption key has 32 octets");
        assertThat(world.memory.used()).isZero();
    }

    @Test
    void isBounded() throws Exception {
        world.settings = new SadSettings(256, 0xffff_ffffL, 2, 1 << 20, 0, 500_000, 200_000);
        SpiKey first = world.reserve();
        world.reserve();
        assertRefused(ReasonCode.LIMIT_REACHED, () -> table.reserveSpi(IpsecProtocol.ESP));
        table.delete(first, BY_PEER);
        table.reserveSpi(IpsecProtocol.ESP);
    }

    @Test
    void saysWhenTheMemoryForSlotsIsUsedUp() throws Exception {
        int pairs = world.memory.capacity() / 2;
        world.settings = new SadSettings(256, 0xffff_ffffL, 10_000, 1 << 20, 0, 500_000, 200_000);
        for (int i = 0; i < pairs; i++) {
            world.up(spec(world.lineage()).build(), 1000 + i);
        }
        assertRefused(ReasonCode.LIMIT_REACHED, () -> world.up(spec(lineage).build(), 1));
    }

    @Test
    void forgetsAReservationThatNobodyUses() {
        SpiKey inbound = world.reserve();
        world.pass(Ageing.RESERVATION);
        assertThat(table.pair(inbound)).isEmpty();
        assertThat(world.timers.size()).isZero();
    }

    @Test
    void findsUnderThePolicyAskedForAlone() throws Exception {
        world.spd = World.policies(
                World.protect(World.POLICY, World.SELECTORS).build(),
                World.protect("other", World.SELECTORS).build());
        world.up(spec(lineage).build(), 1);
        assertThat(table.find(World.POLICY, flow("10.1.0.9", "10.2.0.9", 80))).contains(lineage);
        assertThat(table.find("other", flow("10.1.0.9", "10.2.0.9", 80))).isEmpty();
        assertThat(table.find(World.POLICY, flow("10.1.0.9", "10.2.1.9", 80))).isEmpty();
    }

    @Test
    void prefersTheSuccessorAndFallsBackWhenItGoes() throws Exception {
        SpiKey first = world.up(spec(lineage).build(), 1);
        SpiKey second = world.up(spec(lineage).build(), 2);
        assertThat(table.handle(lineage).map(SaPairHandle::inbound)).contains(second);
        table.delete(second, BY_PEER);
        assertThat(table.handle(lineage).map(SaPairHandle::inbound)).contains(first);
        assertThat(table.find(World.POLICY, flow("10.1.0.1", "10.2.0.1", 80))).contains(lineage);
        table.delete(first, BY_PEER);
        assertThat(table.handle(lineage)).isEmpty();
        assertThat(table.find(World.POLICY, flow("10.1.0.1", "10.2.0.1", 80))).isEmpty();
    }

    @Test
    void endsEverythingWhenItCloses() throws Exception {
        world.up(spec(lineage).build(), 1);
        world.plane.failsToRemove = true;
        world.sad.close();
        assertThat(world.memory.used()).isZero();
        assertThat(world.memory.allocate().map(s -> s.memory().get(JAVA_BYTE, SaSlotLayout.CIPHER_KEY)))
                .isEqualTo(Optional.of((byte) 0));
        assertThat(world.sad.inspection().list()).isEqualTo(List.of());
    }

    private static void assertRefused(ReasonCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SaRefusedException.class, e -> assertThat(
                        e.reason().code())
                .isEqualTo(code));
    }
}
