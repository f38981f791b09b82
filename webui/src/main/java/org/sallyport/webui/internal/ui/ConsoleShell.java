package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.dependency.StyleSheet;
import com.vaadin.flow.component.page.AppShellConfigurator;
import com.vaadin.flow.component.page.ColorScheme;
import com.vaadin.flow.component.page.Push;
import com.vaadin.flow.component.page.Viewport;
import com.vaadin.flow.server.AppShellSettings;
import com.vaadin.flow.shared.communication.PushMode;
import com.vaadin.flow.shared.ui.Transport;

/** What holds for every page: changes are pushed, the style sheets, light or dark as the browser wishes. */
@Push(value = PushMode.AUTOMATIC, transport = Transport.LONG_POLLING)
@StyleSheet("context://lumo/lumo.css")
@StyleSheet("context://console.css")
@ColorScheme(ColorScheme.Value.SYSTEM)
@Viewport("width=device-width, initial-scale=1")
public final class ConsoleShell implements AppShellConfigurator {
    private static final long serialVersionUID = 1;

    @Override
    public void configurePage(AppShellSettings settings) {
        settings.addFavIcon("icon", "mark.svg", "any");
    }
}
