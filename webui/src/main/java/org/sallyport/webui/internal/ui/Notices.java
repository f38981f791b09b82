package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.component.notification.NotificationVariant;
import org.sallyport.webui.internal.access.Operations;

/** Tells the user what came of what they asked for. */
final class Notices {
    private static final int MILLIS = 4000;

    private Notices() {}

    static void tell(Operations.Result result) {
        Notification notice = Notification.show(result.text(), MILLIS, Notification.Position.BOTTOM_CENTER);
        notice.addThemeVariants(result.done() ? NotificationVariant.LUMO_CONTRAST : NotificationVariant.LUMO_ERROR);
    }
}
