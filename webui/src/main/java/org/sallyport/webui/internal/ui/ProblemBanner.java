package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import java.util.List;
import org.sallyport.api.admin.ConfigurationProblem;

/** Says on every page that the configuration has mistakes, and which. */
final class ProblemBanner extends Div {
    private static final long serialVersionUID = 1;
    private static final int SHOWN = 3;

    private List<ConfigurationProblem> shown = List.of();

    ProblemBanner() {
        addClassName("banner");
        setId("configuration-problems");
        getElement().setAttribute("role", "alert");
        setVisible(false);
    }

    void show(List<ConfigurationProblem> problems) {
        if (problems.equals(shown)) {
            return;
        }
        shown = problems;
        removeAll();
        setVisible(!problems.isEmpty());
        String count = problems.size() == 1 ? "a mistake" : problems.size() + " mistakes";
        Span title = new Span("The configuration has " + count + ". What was in force before stays in force.");
        title.addClassName("title");
        add(title);
        problems.stream().limit(SHOWN).forEach(problem -> add(new Div(problem.text())));
        if (problems.size() > SHOWN) {
            add(new Div("… and " + (problems.size() - SHOWN) + " more, on the page System."));
        }
    }
}
