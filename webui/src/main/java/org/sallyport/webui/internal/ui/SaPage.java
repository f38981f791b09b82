package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import java.util.List;
import java.util.function.Function;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.webui.internal.access.User;
import org.sallyport.webui.internal.model.ConsoleSnapshot;

/** The SAs as they are: they appear, drain and vanish under one's eyes. */
@Route(value = "", layout = ConsoleLayout.class)
@PageTitle("Security associations – Sallyport")
public final class SaPage extends Div implements LivePage {
    private static final long serialVersionUID = 1;

    private final Absent absent = new Absent("The SA database");
    private final Absent ikeAbsent = new Absent("IKE");
    private final LiveGrid<ChildSaView> sas = new LiveGrid<>(ChildSaView::inbound, "No security association stands.");
    private final LiveGrid<IkeSaView> ikeSas = new LiveGrid<>(IkeSaView::id, "No IKE SA stands.");

    /** Made by the router. */
    public SaPage() {
        addClassName("page");
        sas.setId("sas");
        ikeSas.setId("ike-sas");
        addSaColumns();
        addIkeColumns();
        if (Session.user().map(User::isAdmin).orElse(false)) {
            addActions();
        }
        add(new H2("Security associations"), absent, sas, new H2("IKE SAs"), ikeAbsent, ikeSas);
    }

    @Override
    public void show(ConsoleSnapshot snapshot) {
        absent.setVisible(snapshot.sas().isEmpty());
        sas.setVisible(snapshot.sas().isPresent());
        sas.show(snapshot.sas().orElse(List.of()));
        ikeAbsent.setVisible(snapshot.ikeSas().isEmpty());
        ikeSas.setVisible(snapshot.ikeSas().isPresent());
        ikeSas.show(snapshot.ikeSas().orElse(List.of()));
    }

    /** AH is said because nobody expects it: packets go in clear. */
    private static String algorithms(ChildSaView sa) {
        return sa.inbound().protocol() == IpsecProtocol.AH ? "AH " + sa.algorithms() : sa.algorithms();
    }

    private void addSaColumns() {
        sas.addColumn(LitRenderer.<ChildSaView>of(Cells.TWO_LINES)
                        .withProperty(
                                "first", sa -> sa.lineage().ikeSa().connection().name())
                        .withProperty("second", sa -> sa.policy() + ": " + sa.selectors()))
                .setHeader("Connection")
                .setWidth("13em")
                .setFlexGrow(3);
        sas.addColumn(LitRenderer.<ChildSaView>of(Cells.TWO_LINES)
                        .withProperty("first", ChildSaView::peerIdentity)
                        .withProperty("second", sa -> sa.path() + ", MTU " + sa.pathMtu()))
                .setHeader("Peer")
                .setWidth("12em")
                .setFlexGrow(3);
        sas.addColumn(LitRenderer.<ChildSaView>of(Cells.LABELLED)
                        .withProperty("firstLabel", sa -> "in")
                        .withProperty("first", sa -> sa.inbound().toString())
                        .withProperty("secondLabel", sa -> "out")
                        .withProperty(
                                "second",
                                sa -> sa.outbound().map(SpiKey::toString).orElse("–")))
                .setHeader("SPIs")
                .setFlexGrow(0)
                .setWidth("8.5em");
        sas.addColumn(LitRenderer.<ChildSaView>of(Cells.MONO).withProperty("text", SaPage::algorithms))
                .setHeader("Algorithms")
                .setWidth("8em")
                .setFlexGrow(1);
        sas.addColumn(LitRenderer.<ChildSaView>of(Cells.BARS)
                        .withProperty("percents", sa -> bars(sa, LifetimeBar::percent))
                        .withProperty("levels", sa -> bars(sa, LifetimeBar::level))
                        .withProperty("texts", sa -> bars(sa, LifetimeBar::text)))
                .setHeader("Lifetime")
                .setWidth("11em")
                .setFlexGrow(2);
        sas.addColumn(LitRenderer.<ChildSaView>of(Cells.LABELLED)
                        .withProperty("firstLabel", sa -> "sent")
                        .withProperty("first", sa -> Format.count(sa.sequence()))
                        .withProperty("secondLabel", sa -> "rcvd")
                        .withProperty("second", sa -> Format.count(sa.windowTop())))
                .setHeader("Sequence")
                .setFlexGrow(0)
                .setWidth("8.5em");
        sas.addColumn(LitRenderer.<ChildSaView>of(Cells.WINDOW)
                        .withProperty("path", sa -> ReplayWindow.path(sa.window()))
                        .withProperty("text", sa -> sa.dropped() == 0 ? "" : Format.count(sa.dropped()) + " dropped"))
                .setHeader("Replay window")
                .setFlexGrow(0)
                .setWidth("11em");
        sas.addColumn(LitRenderer.<ChildSaView>of(Cells.LABELLED)
                        .withProperty("firstLabel", sa -> "↑")
                        .withProperty("first", sa -> Format.octets(sa.sent().octets()))
                        .withProperty("secondLabel", sa -> "↓")
                        .withProperty(
                                "second", sa -> Format.octets(sa.received().octets())))
                .setHeader("Bytes")
                .setFlexGrow(0)
                .setWidth("7.5em");
        sas.addColumn(LitRenderer.<ChildSaView>of(Cells.TWO_LINES)
                        .withProperty("first", sa -> Integer.toString(sa.useCount()))
                        .withProperty("second", sa -> sa.unneeded()
                                .map(since -> "unneeded " + Format.duration(since))
                                .orElse("")))
                .setHeader("Uses")
                .setFlexGrow(0)
                .setWidth("6.5em");
        sas.addColumn(LitRenderer.<ChildSaView>of(Cells.STATE).withProperty("state", ChildSaView::state))
                .setHeader("State")
                .setFlexGrow(0)
                .setWidth("7em");
    }

    private void addIkeColumns() {
        ikeSas.addColumn(sa -> sa.id().connection().name())
                .setHeader("Connection")
                .setFlexGrow(1);
        ikeSas.addColumn(LitRenderer.<IkeSaView>of(Cells.TWO_LINES)
                        .withProperty("first", IkeSaView::peerIdentity)
                        .withProperty("second", IkeSaView::path))
                .setHeader("Peer")
                .setFlexGrow(3);
        ikeSas.addColumn(LitRenderer.<IkeSaView>of(Cells.LABELLED)
                        .withProperty("firstLabel", sa -> "i")
                        .withProperty("first", IkeSaView::initiatorSpi)
                        .withProperty("secondLabel", sa -> "r")
                        .withProperty("second", IkeSaView::responderSpi))
                .setHeader("SPIs")
                .setFlexGrow(0)
                .setWidth("13em");
        ikeSas.addColumn(LitRenderer.<IkeSaView>of(Cells.MONO).withProperty("text", IkeSaView::algorithms))
                .setHeader("Algorithms")
                .setFlexGrow(2);
        ikeSas.addColumn(sa -> sa.initiator() ? "we" : "peer")
                .setHeader("Initiator")
                .setFlexGrow(0);
        ikeSas.addColumn(sa -> Format.duration(sa.age())).setHeader("Age").setFlexGrow(0);
        ikeSas.addColumn(sa -> Format.duration(sa.untilRekey()))
                .setHeader("Rekey in")
                .setFlexGrow(0);
        ikeSas.addColumn(LitRenderer.<IkeSaView>of(Cells.STATE).withProperty("state", IkeSaView::state))
                .setHeader("State")
                .setFlexGrow(0)
                .setWidth("8em");
    }

    private void addActions() {
        sas.addColumn(LitRenderer.<ChildSaView>of(Cells.ACTIONS)
                        .withFunction("rekey", this::rekey)
                        .withFunction("remove", this::delete))
                .setHeader("")
                .setFlexGrow(0)
                .setWidth("10.5em");
    }

    private void rekey(ChildSaView sa) {
        Notices.confirm(
                "Rekey " + name(sa) + "?",
                "A successor is negotiated with the peer; traffic goes on meanwhile.",
                "Rekey",
                "primary",
                () -> Services.current().operations().rekey(Session.signedIn(), sa));
    }

    private void delete(ChildSaView sa) {
        String uses = sa.useCount() == 0 ? "Nobody uses it now." : sa.useCount() + " sockets and flows use it now.";
        Notices.confirm(
                "Delete " + name(sa) + "?",
                uses + " The peer is told. Its traffic is held again until a new security association stands.",
                "Delete",
                "error primary",
                () -> Services.current().operations().delete(Session.signedIn(), sa));
    }

    private static String name(ChildSaView sa) {
        return sa.inbound() + " of " + sa.lineage().ikeSa().connection().name();
    }

    private static <T> List<T> bars(ChildSaView sa, Function<LifetimeBar, T> part) {
        return LifetimeBar.of(sa).stream().map(part).toList();
    }
}
