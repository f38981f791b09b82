/**
 * How peers prove who they are (RFC 7296 sections 2.15 and 2.16): what a vendor implements to add an authentication
 * method, an EAP method, or a place where keys and certificates are kept. All of it is called on threads of its own
 * and may block. Whatever takes longer than four seconds is interrupted; that, and what it throws or answers that makes no
 * sense, ends the exchange that asked, with the reason in words, and no other.
 */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.authentication;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
