package org.sallyport.api.admin;

import org.sallyport.api.event.Feed;

/** The state of the configuration for people. Thread safe. */
public interface ConfigurationInspection {
    /** Returns the feed of mistakes that stand now, keyed by file and key; it is empty when all is well. */
    Feed<String, ConfigurationProblem> problems();
}
