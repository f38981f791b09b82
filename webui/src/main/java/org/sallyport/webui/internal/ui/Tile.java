package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;

/** One number with its name, large enough to read from a chair. */
final class Tile extends Div {
    private static final long serialVersionUID = 1;

    private final Span number = new Span("–");
    private final boolean alarming;

    /**
     * Makes a tile.
     *
     * @param alarming whether any number but zero is bad news
     */
    Tile(String id, String name, boolean alarming) {
        this.alarming = alarming;
        addClassName("tile");
        number.setId(id);
        number.addClassName("number");
        Span label = new Span(name);
        label.addClassName("sub");
        add(number, label);
    }

    void show(long value) {
        number.setText(Format.count(value));
        setClassName("alarm", alarming && value > 0);
    }
}
