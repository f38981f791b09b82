package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.sallyport.api.admin.TrafficTotals;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.webui.internal.model.ConsoleSnapshot;

/** The policies in force, in the order in which they are asked. */
@Route(value = "policies", layout = ConsoleLayout.class)
@PageTitle("Policies – Sallyport")
public final class PolicyPage extends Div implements LivePage {
    private static final long serialVersionUID = 1;

    private final Absent absent = new Absent("The policy database");
    private final Span generation = new Span();
    private final Div asleep = new Div();
    private final LiveGrid<Row> policies = new LiveGrid<>(
            Row::name, "No policy is in force: this host's own traffic is bypassed, forwarded traffic is discarded.");

    /** A policy as it is shown; policies themselves have no equals. */
    private record Row(
            int order,
            String name,
            String action,
            String local,
            String remote,
            String whom,
            String peer,
            String proposals,
            String lifetime,
            String hold,
            String linger,
            String carried) {
        static Row of(Policy policy, Map<String, TrafficTotals> traffic) {
            boolean protects = policy.action() == Action.PROTECT;
            return new Row(
                    policy.order(),
                    policy.name(),
                    policy.action().name().toLowerCase(Locale.ROOT),
                    join(policy.selectors().local()),
                    join(policy.selectors().remote()),
                    policy.names().toString(),
                    policy.peer().map(Object::toString).orElse(""),
                    protects ? join(policy.proposals()) : "",
                    protects ? Format.duration(policy.lifetimes().hardTime()) : "",
                    protects ? Format.duration(policy.holdTime()) : "",
                    protects ? policy.linger().map(Format::duration).orElse("lifetime") : "",
                    Optional.ofNullable(traffic.get(policy.name()))
                            .map(Row::carried)
                            .orElse(""));
        }

        private static String carried(TrafficTotals totals) {
            return "↑ " + Format.octets(totals.sent().octets()) + " ↓ "
                    + Format.octets(totals.received().octets());
        }

        private static String join(List<?> values) {
            return values.stream().map(Object::toString).collect(Collectors.joining(", "));
        }
    }

    /** Made by the router. */
    public PolicyPage() {
        addClassName("page");
        generation.addClassName("sub");
        asleep.addClassName("sub");
        asleep.setId("asleep");
        policies.setId("policies");
        policies.addColumn(Row::order).setHeader("Order").setFlexGrow(0).setWidth("5em");
        policies.addColumn(Row::name).setHeader("Policy").setFlexGrow(1);
        policies.addColumn(LitRenderer.<Row>of(Cells.STATE).withProperty("state", Row::action))
                .setHeader("Action")
                .setFlexGrow(0)
                .setWidth("7em");
        mono("Local", Row::local, 2);
        mono("Remote", Row::remote, 2);
        policies.addColumn(Row::whom).setHeader("For").setFlexGrow(1);
        policies.addColumn(Row::peer).setHeader("Peer").setFlexGrow(1);
        mono("Proposals, best first", Row::proposals, 3);
        policies.addColumn(Row::lifetime).setHeader("Lifetime").setFlexGrow(0);
        policies.addColumn(Row::hold).setHeader("Hold time").setFlexGrow(0);
        policies.addColumn(Row::linger).setHeader("Linger").setFlexGrow(0);
        policies.addColumn(Row::carried).setHeader("Carried").setFlexGrow(1);
        add(new H2("Policies"), absent, generation, policies, asleep);
    }

    @Override
    public void show(ConsoleSnapshot snapshot) {
        absent.setVisible(snapshot.policies().isEmpty());
        policies.setVisible(snapshot.policies().isPresent());
        generation.setText(snapshot.policies()
                .map(current -> "Generation " + current.number() + ", asked from top to bottom.")
                .orElse(""));
        asleep.setText(snapshot.policies().map(PolicyPage::asleep).orElse(""));
        Map<String, TrafficTotals> traffic = snapshot.traffic().orElse(Map.of());
        policies.show(snapshot.policies().map(PolicyGeneration::policies).orElse(List.of()).stream()
                .map(policy -> Row.of(policy, traffic))
                .toList());
    }

    private static String asleep(PolicyGeneration generation) {
        String names = generation.asleep().stream().map(Policy::name).collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : "Not in force, since they ask for other logins: " + names;
    }

    private void mono(String header, com.vaadin.flow.function.ValueProvider<Row, String> text, int grow) {
        policies.addColumn(LitRenderer.<Row>of(Cells.MONO).withProperty("text", text))
                .setHeader(header)
                .setFlexGrow(grow);
    }
}
