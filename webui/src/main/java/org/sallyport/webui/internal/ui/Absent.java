package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;

/** Stands in a page for what cannot be shown because a part of the appliance is not running. */
final class Absent extends Div {
    private static final long serialVersionUID = 1;

    Absent(String part) {
        super(part + " is not running.");
        addClassName("absent");
        setVisible(false);
    }
}
