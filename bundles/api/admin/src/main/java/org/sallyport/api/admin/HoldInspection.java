package org.sallyport.api.admin;

import java.util.List;
import org.sallyport.api.event.Feed;

/** Held requests for people. Thread safe. */
public interface HoldInspection {
    /** Returns the feed of requests that are held now, keyed by id; one that ended is removed from it. */
    Feed<Long, HoldView> feed();

    /** Returns the last ones that ended, newest first, at most 100. */
    List<HoldView> recent();
}
