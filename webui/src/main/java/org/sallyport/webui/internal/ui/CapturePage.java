package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sallyport.api.admin.CaptureCounters;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.webui.internal.access.User;
import org.sallyport.webui.internal.model.ConsoleSnapshot;

/** What the capture counts: SYNs, ESP by SPI, and packets in clear that should not be. */
@Route(value = "capture", layout = ConsoleLayout.class)
@PageTitle("Capture – Sallyport")
public final class CapturePage extends Div implements LivePage {
    private static final long serialVersionUID = 1;
    private static final int LONGEST_FILTER = 1000;
    private static final int MOST_ROWS = 500;
    private static final String UNCOUNTED =
            "ESP is not counted by SPI here: each packet would be copied, and all would go slower. Count it for a while with"
                    + " the filter “udp port 4500 or ip proto 50”, or always with count.esp = true in"
                    + " etc/org.sallyport.capture.cfg. What each SA carried is with the SAs.";

    private final Absent absent = new Absent("The capture");
    private final Span where = new Span();
    private final Tile packets = new Tile("capture-packets", "packets", false);
    private final Tile dropped = new Tile("capture-dropped", "not handed over by the kernel", true);
    private final Tile syns = new Tile("capture-syns", "SYNs", false);
    private final Tile repeated = new Tile("capture-repeated", "SYNs retransmitted", true);
    private final Tile esp = new Tile("capture-esp", "ESP packets", false);
    private final Tile clear = new Tile("capture-clear", "packets in clear", true);
    private final LiveGrid<FlowRow> flows = new LiveGrid<>(FlowRow::flow, "No flow has been seen.");
    private final LiveGrid<SpiRow> spis = new LiveGrid<>(SpiRow::spi, "No ESP packet has been seen.");
    private final Span espNote = new Span(UNCOUNTED);
    private final Div body = new Div();

    private record FlowRow(String flow, long first, long repeated, long clear) {}

    private record SpiRow(String spi, long packets) {}

    /** Made by the router. */
    public CapturePage() {
        addClassName("page");
        where.addClassName("sub");
        espNote.addClassName("sub");
        Div tiles = new Div(packets, syns, repeated, esp, clear, dropped);
        tiles.addClassName("tiles");
        flows.setId("capture-flows");
        flows.addColumn(LitRenderer.<FlowRow>of(Cells.MONO).withProperty("text", FlowRow::flow))
                .setHeader("Flow")
                .setFlexGrow(4);
        flows.addColumn(row -> Format.count(row.first())).setHeader("SYNs");
        flows.addColumn(row -> Format.count(row.repeated())).setHeader("Retransmitted");
        flows.addColumn(row -> Format.count(row.clear())).setHeader("In clear");
        spis.setId("capture-spis");
        spis.addColumn(LitRenderer.<SpiRow>of(Cells.MONO).withProperty("text", SpiRow::spi))
                .setHeader("SPI")
                .setFlexGrow(1);
        spis.addColumn(row -> Format.count(row.packets())).setHeader("Packets").setFlexGrow(4);
        body.add(tiles, new H2("Flows"), flows, new H2("ESP by SPI"), espNote, spis);
        add(new H2("Capture"), absent, where);
        if (Session.user().map(User::isAdmin).orElse(false)) {
            body.addComponentAsFirst(filter());
        }
        add(body);
    }

    @Override
    public void show(ConsoleSnapshot snapshot) {
        absent.setVisible(snapshot.capture().isEmpty());
        where.setVisible(snapshot.capture().isPresent());
        body.setVisible(snapshot.capture().isPresent());
        snapshot.capture().ifPresent(this::show);
    }

    private void show(CaptureCounters counters) {
        where.setText((counters.running() ? "Capturing on " : "Not capturing: ") + counters.interfaces());
        packets.show(counters.packets());
        dropped.show(counters.kernelDropped());
        syns.show(sum(counters.firstSyns()));
        repeated.show(sum(counters.repeatedSyns()));
        esp.setVisible(counters.espCounted());
        espNote.setVisible(!counters.espCounted());
        spis.setVisible(counters.espCounted());
        esp.show(sum(counters.esp()));
        clear.show(sum(counters.clearText()));
        flows.show(flowRows(counters));
        spis.show(counters.esp().entrySet().stream()
                .map(entry -> new SpiRow(spi(entry.getKey()), entry.getValue()))
                .sorted(Comparator.comparingLong(SpiRow::packets).reversed().thenComparing(SpiRow::spi))
                .limit(MOST_ROWS)
                .toList());
    }

    /** Bad news first, then by name: a row stays where it is while it counts. */
    private static List<FlowRow> flowRows(CaptureCounters counters) {
        Set<Flow> all = new LinkedHashSet<>(counters.firstSyns().keySet());
        all.addAll(counters.repeatedSyns().keySet());
        all.addAll(counters.clearText().keySet());
        return all.stream()
                .map(flow -> new FlowRow(
                        flow.toString(),
                        counters.firstSyns().getOrDefault(flow, 0L),
                        counters.repeatedSyns().getOrDefault(flow, 0L),
                        counters.clearText().getOrDefault(flow, 0L)))
                .sorted(Comparator.<FlowRow, Boolean>comparing(row -> row.clear() == 0)
                        .thenComparing(row -> row.repeated() == 0)
                        .thenComparing(FlowRow::flow))
                .limit(MOST_ROWS)
                .toList();
    }

    private Div filter() {
        TextField expression = new TextField();
        expression.setPlaceholder("pcap filter; empty: what the counters need");
        expression.setAriaLabel("Filter");
        expression.setMaxLength(LONGEST_FILTER);
        expression.setWidth("28em");
        Button restart = new Button(
                "Start anew",
                event -> Notices.tell(Services.current()
                        .operations()
                        .capture(Session.signedIn(), expression.getValue().strip())));
        restart.addClickShortcut(Key.ENTER);
        Div filter = new Div(expression, restart);
        filter.addClassName("filter");
        return filter;
    }

    private static String spi(SpiKey spi) {
        return spi.toString();
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
