package org.sallyport.webui.internal.ui;

import org.sallyport.webui.internal.model.ConsoleSnapshot;

/** A page that is kept up to date while it is shown; called with the session locked. */
interface LivePage {
    /** Shows the state as it is now. */
    void show(ConsoleSnapshot snapshot);
}
