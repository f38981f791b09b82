package org.sallyport.spd.internal.service;

import org.sallyport.spd.internal.config.ConfigurationFile;

/** Takes what Config Admin holds, one configuration at a time. Thread safe; never blocks. */
public interface ConfigurationStore {
    /** A configuration appeared or changed. */
    void put(String pid, ConfigurationFile file);

    /** A configuration went. */
    void remove(String pid);

    /** Returns where the SAD is made known. */
    LivingSas sas();
}
