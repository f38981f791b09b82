package org.sallyport.webui.internal.ui;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.policy.Lifetimes;

/**
 * How much of one of an SA's lifetimes is left.
 *
 * @param percent what is left of the hard lifetime, 0 to 100
 * @param level "fresh", "rekey" past the soft lifetime, "end" in the last twentieth
 * @param text what is left, in words
 */
record LifetimeBar(double percent, String level, String text) {
    private static final double LAST = 5;

    /** The bars of an SA: time always, octets and packets where they are limited. */
    static List<LifetimeBar> of(ChildSaView sa) {
        Lifetimes lifetimes = sa.lifetimes();
        List<LifetimeBar> bars = new ArrayList<>();
        bars.add(time(sa.age(), lifetimes));
        long octets = Math.max(sa.sent().octets(), sa.received().octets());
        long packets = Math.max(sa.sent().packets(), sa.received().packets());
        if (lifetimes.hardOctets() > 0) {
            String left = Format.octets(Math.max(0, lifetimes.hardOctets() - octets));
            bars.add(bar(octets, lifetimes.softOctets(), lifetimes.hardOctets(), left + " left"));
        }
        if (lifetimes.hardPackets() > 0) {
            String left = Format.count(Math.max(0, lifetimes.hardPackets() - packets));
            bars.add(bar(packets, lifetimes.softPackets(), lifetimes.hardPackets(), left + " packets left"));
        }
        return bars;
    }

    private static LifetimeBar time(Duration age, Lifetimes lifetimes) {
        Duration left = lifetimes.hardTime().minus(age);
        Duration rekey = lifetimes.softTime().minus(age);
        String text = Format.duration(left) + " left"
                + (rekey.isPositive() ? ", rekey in " + Format.duration(rekey) : ", rekey due");
        return bar(
                age.toMillis(),
                lifetimes.softTime().toMillis(),
                lifetimes.hardTime().toMillis(),
                text);
    }

    private static LifetimeBar bar(long used, long soft, long hard, String text) {
        double percent = Math.clamp(100.0 * (hard - used) / hard, 0, 100);
        String level = percent <= LAST ? "end" : soft > 0 && used >= soft ? "rekey" : "fresh";
        return new LifetimeBar(percent, level, text);
    }
}
