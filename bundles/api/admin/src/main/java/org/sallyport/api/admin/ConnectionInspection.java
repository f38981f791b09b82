package org.sallyport.api.admin;

import java.util.List;

/** The connections for people. Thread safe. */
public interface ConnectionInspection {
    /** Returns every configured connection by its name, also those of which nothing stands. */
    List<ConnectionView> list();

    /** Returns what became of a connection, the latest first; a bounded number of lines, none for one that is unknown. */
    List<ConnectionNote> history(String connection);
}
