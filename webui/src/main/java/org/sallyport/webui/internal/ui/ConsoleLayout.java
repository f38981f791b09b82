package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.HasElement;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.page.ColorScheme;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.RouterLayout;
import com.vaadin.flow.router.RouterLink;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.ConnectionState;
import org.sallyport.api.admin.ConnectionView;
import org.sallyport.webui.internal.access.User;
import org.sallyport.webui.internal.model.Backend;
import org.sallyport.webui.internal.model.ConsoleSnapshot;

/**
 * What surrounds every page: navigation, what runs, mistakes in the configuration. It lets nobody in who has not signed
 * in, and keeps the page within up to date.
 */
public final class ConsoleLayout extends Div implements RouterLayout, BeforeEnterObserver, LivePage {
    private static final long serialVersionUID = 1;

    private final Span heldCount = new Span();
    private final Span downCount = new Span();
    private final Span saCount = new Span();
    private final Span problemCount = new Span();
    private final ProblemBanner banner = new ProblemBanner();
    private final RunningComponents running = new RunningComponents();
    private final Main content = new Main();
    private final Span userName = new Span();
    private @Nullable LivePage page;
    private transient Backend.@Nullable Registration registration;
    private @Nullable ConsoleSnapshot last;

    /** Made by the router. */
    public ConsoleLayout() {
        addClassName("console");
        Span brand = new Span("Sallyport");
        brand.addClassName("brand");
        Header header = new Header(brand, navigation(), running, account());
        add(header, banner, content);
    }

    @Override
    public void beforeEnter(BeforeEnterEvent event) {
        Session.user().ifPresentOrElse(this::welcome, () -> event.forwardTo(SignInPage.class));
    }

    @Override
    public void showRouterLayoutContent(HasElement shown) {
        content.getElement().appendChild(shown.getElement());
        page = shown instanceof LivePage live ? live : null;
        if (page != null && last != null) {
            page.show(last);
        }
    }

    @Override
    public void removeRouterLayoutContent(@Nullable HasElement old) {
        page = null;
        content.removeAll();
    }

    @Override
    public void show(ConsoleSnapshot snapshot) {
        last = snapshot;
        count(saCount, snapshot.sas().map(List::size).orElse(0));
        count(
                downCount,
                snapshot.connections().map(ConsoleLayout::downOrDegraded).orElse(0));
        count(heldCount, snapshot.holds().map(holds -> holds.now().size()).orElse(0));
        List<ConfigurationProblem> problems = snapshot.problems().orElse(List.of());
        count(problemCount, problems.size());
        banner.show(problems, snapshot.notices().flatMap(ConsoleSnapshot.Notices::provisional));
        running.show(snapshot);
        if (page != null) {
            page.show(snapshot);
        }
    }

    @Override
    protected void onAttach(AttachEvent event) {
        if (Session.user().isPresent()) {
            registration = Services.current().backend().listen(new Refresher(event.getUI(), this));
        }
    }

    @Override
    protected void onDetach(DetachEvent event) {
        if (registration != null) {
            registration.close();
            registration = null;
        }
    }

    private void welcome(User user) {
        userName.setText(user.name() + (user.isAdmin() ? "" : " (may look)"));
    }

    private Nav navigation() {
        problemCount.addClassName("alarm");
        downCount.addClassName("alarm");
        Nav nav = new Nav(
                link("Security associations", SaPage.class, saCount),
                link("Connections", ConnectionPage.class, downCount),
                link("Leases", LeasePage.class, new Span()),
                link("Held", HoldPage.class, heldCount),
                link("Capture", CapturePage.class, new Span()),
                link("Policies", PolicyPage.class, new Span()),
                link("System", SystemPage.class, problemCount));
        nav.setAriaLabel("Pages");
        return nav;
    }

    private static RouterLink link(String text, Class<? extends Div> target, Span count) {
        RouterLink link = new RouterLink(target);
        count.addClassName("count");
        count.setVisible(false);
        link.add(new Span(text), count);
        return link;
    }

    private Div account() {
        Button scheme =
                new Button("Light / dark", event -> event.getSource().getUI().ifPresent(ConsoleLayout::switchScheme));
        Button signOut = new Button("Sign out", event -> signOut());
        signOut.setId("sign-out");
        scheme.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_SMALL);
        signOut.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_SMALL);
        userName.addClassName("user");
        Div account = new Div(userName, scheme, signOut);
        account.addClassName("account");
        return account;
    }

    private static void switchScheme(UI ui) {
        boolean dark = ui.getPage().getColorScheme() == ColorScheme.Value.DARK;
        ui.getPage().setColorScheme(dark ? ColorScheme.Value.LIGHT : ColorScheme.Value.DARK);
    }

    private void signOut() {
        getUI().ifPresent(ui -> ui.getPage().setLocation("/sign-in"));
        Session.signOut();
    }

    private static int downOrDegraded(List<ConnectionView> connections) {
        return (int) connections.stream()
                .map(ConnectionView::state)
                .filter(state -> state == ConnectionState.DOWN || state == ConnectionState.DEGRADED)
                .count();
    }

    private static void count(Span badge, int count) {
        badge.setVisible(count > 0);
        badge.setText(Integer.toString(count));
    }
}
