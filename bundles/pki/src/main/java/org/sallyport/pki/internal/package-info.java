/** Public keys and certificates (RFC 4945, RFC 7427, RFC 7670): files, paths of certificates, signatures. */
@NullMarked
package org.sallyport.pki.internal;

import org.jspecify.annotations.NullMarked;
