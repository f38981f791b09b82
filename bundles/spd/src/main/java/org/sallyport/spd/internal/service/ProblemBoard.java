package org.sallyport.spd.internal.service;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.event.Feed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mistakes that stand now: told once when they appear, withdrawn when they are mended. */
final class ProblemBoard {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemBoard.class);

    private final Feed<String, ConfigurationProblem> feed = new Feed<>();
    private Map<String, ConfigurationProblem> standing = Map.of();

    Feed<String, ConfigurationProblem> feed() {
        return feed;
    }

    synchronized void show(List<ConfigurationProblem> problems) {
        Map<String, ConfigurationProblem> next = new LinkedHashMap<>();
        for (ConfigurationProblem problem : problems) {
            String key = problem.file() + ":" + problem.key();
            while (next.containsKey(key)) {
                key += "'";
            }
            next.put(key, problem);
        }
        for (Map.Entry<String, ConfigurationProblem> entry : next.entrySet()) {
            if (!entry.getValue().equals(standing.get(entry.getKey()))) {
                feed.put(entry.getKey(), entry.getValue());
                tell(entry.getValue());
            }
        }
        standing.keySet().stream().filter(key -> !next.containsKey(key)).forEach(feed::remove);
        standing = next;
    }

    private static void tell(ConfigurationProblem problem) {
        LOG.error("Configuration rejected, the one before stays in force: {}", problem.text());
        Journal.event("policy-rejected")
                .with("file", problem.file())
                .with("key", problem.key())
                .with("value", problem.value())
                .with("reason", problem.accepted())
                .write();
    }
}
