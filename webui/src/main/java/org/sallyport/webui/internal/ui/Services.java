package org.sallyport.webui.internal.ui;

import com.vaadin.flow.server.VaadinSession;
import org.sallyport.webui.internal.access.Operations;
import org.sallyport.webui.internal.access.SignIn;
import org.sallyport.webui.internal.model.Backend;

/** What pages work with; the servlet gives it to each session. */
public record Services(Backend backend, Operations operations, SignIn signIn) {
    static Services current() {
        return VaadinSession.getCurrent().getAttribute(Services.class);
    }
}
