package org.sallyport.webui.internal.server;

import java.net.URL;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.servlet.context.ServletContextHelper;

/**
 * The console's servlet context: resources come from {@code META-INF/resources} of this bundle and of the jars within it,
 * with types that browsers accept for scripts. A new one for each bundle that uses it, so that an updated console finds
 * no leftovers of the old one.
 */
@Component(
        service = ServletContextHelper.class,
        scope = ServiceScope.BUNDLE,
        property = {"osgi.http.whiteboard.context.name=" + ConsoleContext.NAME, "osgi.http.whiteboard.context.path=/"})
public final class ConsoleContext extends ServletContextHelper {
    static final String NAME = "sallyport-console";

    private static final Map<String, String> TYPES = Map.of(
            "js", "text/javascript",
            "css", "text/css",
            "html", "text/html",
            "svg", "image/svg+xml",
            "png", "image/png",
            "json", "application/json",
            "woff2", "font/woff2",
            "ico", "image/x-icon");

    /** Made by Declarative Services. */
    @Activate
    public ConsoleContext() {}

    @Override
    public @Nullable URL getResource(String name) {
        String path = name.startsWith("/") ? name : "/" + name;
        return path.contains("..") ? null : getClass().getClassLoader().getResource("META-INF/resources" + path);
    }

    @Override
    public @Nullable String getMimeType(String name) {
        return TYPES.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }
}
