package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.CaptureCounters;

/** Lists what the capture counted. */
@Service
@Command(
        scope = "sallyport",
        name = "capture-list",
        description = "Lists what the live capture counted: SYNs, clear text of protected flows, and ESP by SPI")
public final class CaptureListCommand extends SallyportAction {
    @Override
    void run(Appliance services, PrintStream output) {
        CaptureCounters counters = services.capture().counters();
        Listing listing = listing(counters);
        if (json()) {
            output.println(Json.write(Listing.row()
                    .with("running", counters.running())
                    .with("interfaces", counters.interfaces())
                    .with("packets", counters.packets())
                    .with("kernel_dropped", counters.kernelDropped())
                    .with("esp_counted", counters.espCounted())
                    .with("counters", listing.rows())
                    .values()));
            return;
        }
        output.println((counters.running() ? "capturing on " : "not capturing: ") + counters.interfaces());
        output.println(counters.packets() + " packets seen, " + counters.kernelDropped() + " lost by the kernel");
        if (!counters.espCounted()) {
            output.println("ESP is not counted: that needs count.esp = true in etc/org.sallyport.capture.cfg");
        }
        listing.print(output, false);
    }

    private static Listing listing(CaptureCounters counters) {
        var rows = Stream.of(
                        rows("SYN", counters.firstSyns()),
                        rows("SYN retransmitted", counters.repeatedSyns()),
                        rows("ESP", counters.esp()),
                        rows("CLEAR TEXT", counters.clearText()))
                .flatMap(s -> s)
                .map(Listing.Row::values)
                .toList();
        return new Listing("Nothing that is counted was seen.", List.of("what", "flow_or_spi", "packets"), rows);
    }

    private static Stream<Listing.Row> rows(String what, Map<?, Long> counted) {
        return counted.entrySet().stream().map(e -> Listing.row()
                .with("what", what)
                .with("flow_or_spi", e.getKey().toString())
                .with("packets", e.getValue()));
    }
}
