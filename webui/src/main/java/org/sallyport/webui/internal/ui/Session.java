package org.sallyport.webui.internal.ui;

import com.vaadin.flow.server.VaadinService;
import com.vaadin.flow.server.VaadinSession;
import java.util.Optional;
import org.sallyport.webui.internal.access.User;

/** Who is signed in, in the current session. */
final class Session {
    private Session() {}

    static Optional<User> user() {
        return Optional.ofNullable(VaadinSession.getCurrent().getAttribute(User.class));
    }

    /** Only behind the layout, which lets nobody in who has not signed in. */
    static User signedIn() {
        return user().orElseThrow(() -> new IllegalStateException("nobody is signed in"));
    }

    /** A new session id, so that one planted before sign-in is worth nothing after it. */
    static void signIn(User user) {
        VaadinService.reinitializeSession(VaadinService.getCurrentRequest());
        VaadinSession.getCurrent().setAttribute(User.class, user);
    }

    static void signOut() {
        VaadinSession session = VaadinSession.getCurrent();
        session.setAttribute(User.class, null);
        session.getSession().invalidate();
        session.close();
    }
}
