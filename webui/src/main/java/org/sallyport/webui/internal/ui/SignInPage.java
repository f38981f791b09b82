package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.login.AbstractLogin.LoginEvent;
import com.vaadin.flow.component.login.LoginForm;
import com.vaadin.flow.component.login.LoginI18n;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.VaadinRequest;
import org.sallyport.webui.internal.access.SignIn;

/** Asks for name and password. */
@Route("sign-in")
@PageTitle("Sign in – Sallyport")
public final class SignInPage extends Div implements BeforeEnterObserver {
    private static final long serialVersionUID = 1;

    private final LoginForm form = new LoginForm();

    /** Made by the router. */
    public SignInPage() {
        addClassName("sign-in");
        Span title = new Span("Sallyport");
        title.addClassName("brand");
        Span subtitle = new Span("Holds a connection until IPsec protects it.");
        subtitle.addClassName("sub");
        form.setForgotPasswordButtonVisible(false);
        form.setI18n(texts("", ""));
        form.addLoginListener(this::signIn);
        Div card = new Div(new Div(title, subtitle), form);
        card.addClassName("sign-in-card");
        add(card);
    }

    @Override
    public void beforeEnter(BeforeEnterEvent event) {
        if (Session.user().isPresent()) {
            event.forwardTo(SaPage.class);
        }
    }

    private void signIn(LoginEvent event) {
        String address = VaadinRequest.getCurrent().getRemoteAddr();
        switch (Services.current().signIn().check(event.getUsername(), event.getPassword(), address)) {
            case SignIn.Outcome.Accepted accepted -> {
                Session.signIn(accepted.user());
                getUI().ifPresent(ui -> ui.navigate(SaPage.class));
            }
            case SignIn.Outcome.Rejected rejected -> refuse("Wrong name or password", "Check both and try again.");
            case SignIn.Outcome.Delayed delayed ->
                refuse("Too many attempts", "Try again in " + delayed.seconds() + " s.");
            case SignIn.Outcome.Unavailable unavailable -> refuse("Not available", unavailable.reason());
        }
    }

    private void refuse(String title, String message) {
        form.setI18n(texts(title, message));
        form.setError(true);
    }

    private static LoginI18n texts(String errorTitle, String errorMessage) {
        LoginI18n texts = LoginI18n.createDefault();
        texts.getForm().setTitle("");
        texts.getForm().setUsername("Name");
        texts.getForm().setPassword("Password");
        texts.getForm().setSubmit("Sign in");
        texts.getErrorMessage().setTitle(errorTitle);
        texts.getErrorMessage().setMessage(errorMessage);
        return texts;
    }
}
