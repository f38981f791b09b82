package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.sallyport.webui.internal.model.Backend;
import org.sallyport.webui.internal.model.ConsoleSnapshot;

/**
 * Brings states to one browser page, each in a thread of its own. A page that is slow gets the newest state when it is
 * ready and misses those between; it slows nobody. Thread-safe.
 */
final class Refresher implements Backend.Listener {
    private final UI ui;
    private final LivePage page;
    private final AtomicReference<@Nullable ConsoleSnapshot> waiting = new AtomicReference<>();

    Refresher(UI ui, LivePage page) {
        this.ui = ui;
        this.page = page;
    }

    @Override
    public void changed(ConsoleSnapshot snapshot) {
        if (waiting.getAndSet(snapshot) == null) {
            Thread.ofVirtual().name("console-page").start(this::push);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what the page throws goes to the session's error handler
    private void push() {
        try {
            ui.access(() -> {
                ConsoleSnapshot newest = waiting.getAndSet(null);
                if (newest != null) {
                    page.show(newest);
                }
            });
        } catch (UIDetachedException e) {
            waiting.set(null); // the browser has gone; its registration goes with it
        }
    }
}
