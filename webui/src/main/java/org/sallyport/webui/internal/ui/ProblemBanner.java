package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.admin.ConfigurationProblem;

/** Says on every page that the configuration has mistakes, and which, or that a change of it waits to be confirmed. */
final class ProblemBanner extends Div {
    private static final long serialVersionUID = 1;
    private static final int SHOWN = 3;

    private List<ConfigurationProblem> shown = List.of();
    private Optional<String> waiting = Optional.empty();

    ProblemBanner() {
        addClassName("banner");
        setId("configuration-problems");
        getElement().setAttribute("role", "alert");
        setVisible(false);
    }

    /**
     * Shows these and nothing else.
     *
     * @param provisional what waits to be confirmed, in words
     */
    void show(List<ConfigurationProblem> problems, Optional<String> provisional) {
        if (problems.equals(shown) && provisional.equals(waiting)) {
            return;
        }
        shown = problems;
        waiting = provisional;
        removeAll();
        setVisible(!problems.isEmpty() || provisional.isPresent());
        provisional.ifPresent(text -> add(titled(text)));
        if (!problems.isEmpty()) {
            showMistakes(problems);
        }
    }

    private void showMistakes(List<ConfigurationProblem> problems) {
        String count = problems.size() == 1 ? "a mistake" : problems.size() + " mistakes";
        add(titled("The configuration has " + count + ". What was in force before stays in force."));
        problems.stream().limit(SHOWN).forEach(problem -> add(new Div(problem.text())));
        if (problems.size() > SHOWN) {
            add(new Div("… and " + (problems.size() - SHOWN) + " more, on the page System."));
        }
    }

    private static Span titled(String text) {
        Span title = new Span(text);
        title.addClassName("title");
        return title;
    }
}
