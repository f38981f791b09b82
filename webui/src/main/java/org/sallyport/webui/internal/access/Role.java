package org.sallyport.webui.internal.access;

/** What a user of the console may do; the JAAS role principals are named so in lower case. */
public enum Role {
    /** Look and change. */
    ADMIN,
    /** Look. */
    VIEWER
}
