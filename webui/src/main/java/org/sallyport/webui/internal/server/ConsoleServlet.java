package org.sallyport.webui.internal.server;

import com.vaadin.flow.di.LookupInitializer;
import com.vaadin.flow.server.ServiceException;
import com.vaadin.flow.server.SessionInitEvent;
import com.vaadin.flow.server.VaadinServlet;
import com.vaadin.flow.server.startup.DefaultApplicationConfigurationFactory;
import com.vaadin.flow.server.startup.ErrorNavigationTargetInitializer;
import com.vaadin.flow.server.startup.LookupServletContainerInitializer;
import com.vaadin.flow.server.startup.RouteRegistryInitializer;
import com.vaadin.flow.server.startup.VaadinAppShellInitializer;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sallyport.webui.internal.access.Operations;
import org.sallyport.webui.internal.access.SignIn;
import org.sallyport.webui.internal.model.Backend;
import org.sallyport.webui.internal.ui.CapturePage;
import org.sallyport.webui.internal.ui.ConnectionPage;
import org.sallyport.webui.internal.ui.ConsoleShell;
import org.sallyport.webui.internal.ui.HoldPage;
import org.sallyport.webui.internal.ui.LeasePage;
import org.sallyport.webui.internal.ui.PolicyPage;
import org.sallyport.webui.internal.ui.SaPage;
import org.sallyport.webui.internal.ui.Services;
import org.sallyport.webui.internal.ui.SignInPage;
import org.sallyport.webui.internal.ui.SystemPage;

/**
 * Vaadin's servlet on the OSGi whiteboard. Outside a servlet container nobody scans for Vaadin's initialisers and their
 * classes, so they are named here; and Vaadin loads classes through the thread's class loader, which is set for it.
 */
@Component(
        service = Servlet.class,
        property = {
            "osgi.http.whiteboard.servlet.pattern=/*",
            "osgi.http.whiteboard.context.select=(osgi.http.whiteboard.context.name=" + ConsoleContext.NAME + ")",
            "osgi.http.whiteboard.servlet.asyncSupported:Boolean=true",
            "osgi.http.whiteboard.servlet.name=console",
            "servlet.init.productionMode=true",
            "servlet.init.heartbeatInterval=60",
            "servlet.init.closeIdleSessions=true"
        })
public final class ConsoleServlet extends VaadinServlet {
    private static final long serialVersionUID = 1;

    private static final Set<Class<?>> PAGES = Set.of(
            SignInPage.class,
            SaPage.class,
            ConnectionPage.class,
            HoldPage.class,
            LeasePage.class,
            CapturePage.class,
            PolicyPage.class,
            SystemPage.class);

    private final transient Services services;

    /** Made by Declarative Services. */
    @Activate
    public ConsoleServlet(@Reference Backend backend, @Reference Operations operations, @Reference SignIn signIn) {
        this.services = new Services(backend, operations, signIn);
    }

    @Override
    public void init(ServletConfig config) throws ServletException {
        ClassLoader before = useBundleClassLoader();
        try {
            ServletContext context = config.getServletContext();
            new LookupServletContainerInitializer()
                    .process(Set.of(LookupInitializer.class, DefaultApplicationConfigurationFactory.class), context);
            new RouteRegistryInitializer().process(PAGES, context);
            new ErrorNavigationTargetInitializer().process(Set.of(), context);
            new VaadinAppShellInitializer().process(Set.of(ConsoleShell.class), context);
            super.init(config);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Override
    protected void servletInitialized() throws ServletException {
        getService().setClassLoader(getClass().getClassLoader());
        getService().addSessionInitListener(this::sessionInit);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        ClassLoader before = useBundleClassLoader();
        try {
            SecurityHeaders.set(response);
            ForeignSessions.end(request);
            super.service(request, response);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private void sessionInit(SessionInitEvent event) throws ServiceException {
        event.getSession().setAttribute(Services.class, services);
    }

    private ClassLoader useBundleClassLoader() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(getClass().getClassLoader());
        return before;
    }
}
