package org.sallyport.spd.internal.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.spd.Samples;

class CompiledPadTest {
    private final CompiledPad pad = new CompiledPad(Samples.sound(
                    Samples.peer("west", "remote-address = 192.0.2.2"),
                    Samples.peer("roaming", "remote-identity = roaming.example.org"),
                    Samples.peer("branch", "remote-identity = west.example.org", "local-identity = branch.example.org"))
            .peers());

    private static List<String> names(List<PadEntry> entries) {
        return entries.stream().map(PadEntry::toString).toList();
    }

    @Test
    void aPeerIsFoundByWhoItProvesToBe() {
        Identity west = Identity.parse("west.example.org");
        assertThat(pad.find(Identity.parse("roaming.example.org"), Optional.empty()))
                .map(PadEntry::connection)
                .contains(new ConnectionId("roaming"));
        assertThat(pad.find(west, Optional.of(Identity.parse("east.example.org"))))
                .map(PadEntry::connection)
                .contains(new ConnectionId("west"));
        assertThat(pad.find(west, Optional.of(Identity.parse("branch.example.org"))))
                .map(PadEntry::connection)
                .contains(new ConnectionId("branch"));
        assertThat(pad.find(west, Optional.of(Identity.parse("north.example.org"))))
                .isEmpty();
        assertThat(pad.find(Identity.parse("keyid:west.example.org"), Optional.empty()))
                .isEmpty();
    }

    @Test
    void thoseThatNameTheAddressComeFirst() {
        assertThat(names(pad.candidates(Addresses.parse("192.0.2.2")))).containsExactly("west", "branch", "roaming");
        assertThat(names(pad.candidates(Addresses.parse("192.0.2.3")))).containsExactly("branch", "roaming");
    }

    @Test
    void peersAreListedByName() {
        assertThat(names(pad.entries())).containsExactly("branch", "roaming", "west");
        assertThat(pad.named(new ConnectionId("west"))).isPresent();
        assertThat(pad.named(new ConnectionId("south"))).isEmpty();
    }
}
