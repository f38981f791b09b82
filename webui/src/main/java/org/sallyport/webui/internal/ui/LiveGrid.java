package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.data.provider.ListDataProvider;
import com.vaadin.flow.function.SerializableFunction;
import com.vaadin.flow.function.ValueProvider;
import java.util.ArrayList;
import java.util.List;

/**
 * A grid whose rows come, change and go while it is looked at: a row keeps its place and is drawn anew only if it
 * changed.
 *
 * @param <T> an immutable row with equals
 */
final class LiveGrid<T> extends Grid<T> {
    private static final long serialVersionUID = 1;

    private final transient ValueProvider<T, Object> key;
    private final List<T> rows = new ArrayList<>();
    private final ListDataProvider<T> provider;

    /**
     * Makes a grid without columns.
     *
     * @param key what names a row for as long as it is there
     * @param empty what to say when there is no row
     */
    LiveGrid(SerializableFunction<T, Object> key, String empty) {
        this.key = key::apply;
        this.provider = new ListDataProvider<>(rows) {
            private static final long serialVersionUID = 1;

            @Override
            public Object getId(T row) {
                return key.apply(row);
            }
        };
        setDataProvider(provider);
        setEmptyStateText(empty);
        setSelectionMode(SelectionMode.NONE);
        setAllRowsVisible(true);
        addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
    }

    /** Shows these rows and no others. */
    void show(List<T> now) {
        boolean samePlaces = now.size() == rows.size();
        for (int i = 0; samePlaces && i < now.size(); i++) {
            samePlaces = key.apply(now.get(i)).equals(key.apply(rows.get(i)));
        }
        if (samePlaces) {
            for (int i = 0; i < now.size(); i++) {
                if (!now.get(i).equals(rows.set(i, now.get(i)))) {
                    provider.refreshItem(now.get(i));
                }
            }
        } else {
            rows.clear();
            rows.addAll(now);
            provider.refreshAll();
        }
    }
}
