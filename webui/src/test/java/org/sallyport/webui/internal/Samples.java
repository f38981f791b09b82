package org.sallyport.webui.internal;

import java.time.Duration;
import java.util.Optional;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;

/** What the appliance might tell. */
public final class Samples {
    private Samples() {}

    /** An SA pair with inbound SPI {@code 1000 + number}. */
    public static ChildSaView sa(int number, Duration age) {
        return sa(number, age, Lifetimes.DEFAULT, 0);
    }

    /** An SA pair that sent so many packets of 100 octets. */
    public static ChildSaView sa(int number, Duration age, Lifetimes lifetimes, long packets) {
        ChildSaView.Traffic traffic = new ChildSaView.Traffic(packets, packets * 100);
        return new ChildSaView(
                new ChildSaId(new IkeSaId(new ConnectionId("gateway"), 1), number),
                "web",
                "gw.example.org",
                Optional.empty(),
                new SpiKey(IpsecProtocol.ESP, 1000 + number),
                Optional.empty(),
                "active",
                "aes256gcm16",
                "10.1.0.0/16 === 10.2.0.0/16",
                "192.0.2.1 > 198.51.100.1",
                1500,
                age,
                lifetimes,
                traffic,
                new ChildSaView.Traffic(0, 0),
                packets,
                0,
                "",
                0,
                0,
                Optional.empty(),
                packets * 100);
    }
}
