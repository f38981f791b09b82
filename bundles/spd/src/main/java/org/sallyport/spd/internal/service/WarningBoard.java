package org.sallyport.spd.internal.service;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sallyport.api.admin.ConfigurationWarning;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.event.Feed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is perhaps not meant in the configuration in force: told once when it appears. */
final class WarningBoard {
    private static final Logger LOG = LoggerFactory.getLogger(WarningBoard.class);

    /** Most that are told in words at one time; all of them are in the feed. */
    private static final int MOST_TOLD = 20;

    private final Feed<String, ConfigurationWarning> feed = new Feed<>();
    private Map<String, ConfigurationWarning> standing = Map.of();

    Feed<String, ConfigurationWarning> feed() {
        return feed;
    }

    synchronized void show(List<ConfigurationWarning> warnings) {
        Map<String, ConfigurationWarning> next = new HashMap<>();
        int told = 0;
        for (ConfigurationWarning warning : warnings) {
            next.put(warning.policy(), warning);
            if (!warning.equals(standing.get(warning.policy()))) {
                feed.put(warning.policy(), warning);
                if (told++ < MOST_TOLD) {
                    tell(warning);
                }
            }
        }
        if (told > MOST_TOLD) {
            LOG.warn("{} more policies never decide, or in part only", told - MOST_TOLD);
        }
        standing.keySet().stream().filter(key -> !next.containsKey(key)).forEach(feed::remove);
        standing = next;
    }

    private static void tell(ConfigurationWarning warning) {
        LOG.warn("{}", warning.text());
        Journal.event("policy-warning")
                .with("kind", warning.kind().name().toLowerCase(java.util.Locale.ROOT))
                .with("policy", warning.policy())
                .with("file", warning.file())
                .with("earlier", String.join(",", warning.earlierFiles()))
                .write();
    }
}
