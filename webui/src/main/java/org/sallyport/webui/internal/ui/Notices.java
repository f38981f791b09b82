package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.component.notification.NotificationVariant;
import java.util.function.Supplier;
import org.sallyport.webui.internal.access.Operations;

/** Tells the user what came of what they asked for. */
final class Notices {
    private static final int MILLIS = 4000;

    private Notices() {}

    /** Asks before something is done, and then tells what came of it. */
    static void confirm(String title, String text, String action, String theme, Supplier<Operations.Result> operation) {
        ConfirmDialog dialog = new ConfirmDialog(title, text, action, event -> tell(operation.get()));
        dialog.setCancelable(true);
        dialog.setConfirmButtonTheme(theme);
        dialog.open();
    }

    static void tell(Operations.Result result) {
        Notification notice = Notification.show(result.text(), MILLIS, Notification.Position.BOTTOM_CENTER);
        notice.addThemeVariants(result.done() ? NotificationVariant.LUMO_CONTRAST : NotificationVariant.LUMO_ERROR);
    }
}
