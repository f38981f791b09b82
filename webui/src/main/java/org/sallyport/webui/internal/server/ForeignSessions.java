package org.sallyport.webui.internal.server;

import com.vaadin.flow.server.VaadinSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.Collections;

/**
 * Ends sessions that an earlier version of this bundle began: the HTTP server keeps them over an update, but their
 * objects are of classes that are no longer ours. The browser is told that its session has ended, and loads anew.
 */
final class ForeignSessions {
    private ForeignSessions() {}

    static void end(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null && isForeign(session)) {
            session.invalidate();
        }
    }

    private static boolean isForeign(HttpSession session) {
        return Collections.list(session.getAttributeNames()).stream()
                .filter(name -> name.startsWith(VaadinSession.class.getName()))
                .map(session::getAttribute)
                .anyMatch(value -> value.getClass().getName().equals(VaadinSession.class.getName())
                        && !(value instanceof VaadinSession));
    }
}
