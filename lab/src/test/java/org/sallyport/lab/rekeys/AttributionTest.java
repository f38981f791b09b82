package org.sallyport.lab.rekeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AttributionTest {
    private static final int OLD = 0x1111;
    private static final int NEW = 0xfedc_ba98;

    private static Sightings wire(int... numbers) {
        Sightings wire = new Sightings();
        for (int i = 0; i < numbers.length; i++) {
            wire.add(numbers[i], i < 3 ? OLD : NEW, i < 3 ? i + 100 : i - 2);
        }
        return wire;
    }

    @Test
    void whatArrivesInOrderIsClean() {
        Attribution seen = Attribution.of(5, wire(0, 1, 2, 3, 4), new int[] {0, 1, 2, 3, 4});
        assertThat(seen.clean()).isTrue();
        assertThat(seen.received()).isEqualTo(5);
        assertThat(seen.unseen()).isZero();
    }

    @Test
    void aLossIsWhoeversItIs() {
        Attribution seen = Attribution.of(9, wire(0, 1, 2, 5, 6, 7, 8), new int[] {0, 1, 5, 8});
        assertThat(seen.lostBeforeWire()).isEqualTo(2);
        assertThat(seen.lostAfterWire()).isEqualTo(3);
        assertThat(seen.losses())
                .isEqualTo(List.of(
                        new Attribution.Loss(2, 2, true, "00001111", 102),
                        new Attribution.Loss(3, 4, false, "", 0),
                        new Attribution.Loss(6, 7, true, "fedcba98", 2)));
    }

    @Test
    void overtakingIsCountedOnTheSideWhereItHappens() {
        Attribution before = Attribution.of(5, wire(0, 2, 1, 3, 4), new int[] {0, 2, 1, 3, 4});
        assertThat(before.reorderedBeforeWire()).isEqualTo(1);
        assertThat(before.reorderedAfterWire()).isZero();
        Attribution after = Attribution.of(5, wire(0, 1, 2, 3, 4), new int[] {0, 2, 3, 1, 4});
        assertThat(after.reorderedBeforeWire()).isZero();
        assertThat(after.reorderedAfterWire()).isEqualTo(1);
        Attribution mended = Attribution.of(5, wire(0, 2, 1, 3, 4), new int[] {0, 1, 2, 3, 4});
        assertThat(mended.reorderedBeforeWire()).isEqualTo(1);
        assertThat(mended.reorderedAfterWire()).isEqualTo(1);
    }

    @Test
    void whatCameTwiceAndWhatTheWitnessMissedIsTold() {
        Attribution seen = Attribution.of(4, wire(0, 1, 3), new int[] {0, 1, 1, 2, 3});
        assertThat(seen.duplicated()).isEqualTo(1);
        assertThat(seen.unseen()).isEqualTo(1);
        assertThat(seen.received()).isEqualTo(4);
        assertThat(seen.clean()).isFalse();
    }
}
