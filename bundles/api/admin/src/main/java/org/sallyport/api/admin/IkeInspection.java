package org.sallyport.api.admin;

import java.util.List;

/** The IKE SAs for people. Thread safe. */
public interface IkeInspection {
    /** Returns every IKE SA as it stands. */
    List<IkeSaView> list();
}
