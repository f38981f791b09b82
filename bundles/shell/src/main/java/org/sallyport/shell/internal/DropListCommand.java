package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.DataPlaneInspection;
import org.sallyport.api.admin.ParkingView;

/** Lists what the data plane dropped, and what it has parked. */
@Service
@Command(
        scope = "sallyport",
        name = "drop-list",
        description = "Lists the packets that were dropped, by reason, and those that are parked")
public final class DropListCommand extends SallyportAction {
    @Override
    void run(Appliance services, PrintStream output) {
        DataPlaneInspection packets = services.packets();
        if (!json()) {
            output.println(words(packets.parking()));
        }
        var rows = packets.drops().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> Listing.row()
                        .with("reason", e.getKey())
                        .with("packets", e.getValue())
                        .values())
                .toList();
        new Listing("No packet was dropped.", List.of("reason", "packets"), rows).print(output, json());
    }

    private static String words(ParkingView parking) {
        return "parked now: " + parking.packets() + " packets of " + parking.flows() + " flows; since the start "
                + parking.released() + " were sent, " + parking.refused() + " given up, " + parking.overflowed()
                + " found no room, and " + parking.repeated() + " repeated SYNs were swallowed";
    }
}
