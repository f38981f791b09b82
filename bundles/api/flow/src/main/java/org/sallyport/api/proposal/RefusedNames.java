package org.sallyport.api.proposal;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names that others know and this product does not serve, and why. */
final class RefusedNames {
    private static final List<Refused> ALL = List.of(
            refused("des", TransformType.ENCRYPTION, "is broken, and RFC 8221 and 8247 forbid it"),
            refused("3des", TransformType.ENCRYPTION, "is too weak (RFC 8221 section 5: SHOULD NOT)"),
            refused("(blowfish|cast|idea|rc5)[0-9]*", TransformType.ENCRYPTION, "is obsolete, and RFC 8221 forbids it"),
            refused(
                    "aes(128|192|256)gcm(8|12|64|96)",
                    TransformType.ENCRYPTION,
                    "has an integrity check value below 16 octets, which RFC 8221 and 8247 do not recommend"),
            refused(
                    "aes(128|192|256)ccm(12|96)",
                    TransformType.ENCRYPTION,
                    "has an integrity check value that RFC 8221 and 8247 do not recommend"),
            refused(
                    "(aes(128|192|256)ctr|(camellia|serpent|twofish).*)",
                    TransformType.ENCRYPTION,
                    "is not among what RFC 8221 and 8247 recommend"),
            refused("md5(_128)?", TransformType.INTEGRITY, "is broken, and RFC 8221 and 8247 forbid it"),
            refused("sha1?(_160)?", TransformType.INTEGRITY, "is on its way out (RFC 8221 and 8247: MUST-)"),
            refused("sha256_96", TransformType.INTEGRITY, "is truncated in a way that no RFC has"),
            refused("prfmd5", TransformType.PRF, "is broken, and RFC 8247 forbids it"),
            refused("prfsha1", TransformType.PRF, "is on its way out (RFC 8247: MUST-)"),
            refused(
                    "modp(768|1024|1536)",
                    TransformType.KEY_EXCHANGE,
                    "is too small a group (RFC 8247 section 2.4: MUST NOT and SHOULD NOT)"),
            refused(
                    "modp(1024s160|2048s224|2048s256)",
                    TransformType.KEY_EXCHANGE,
                    "has small subgroups and a prime of unknown origin (RFC 8247 section 2.4)"),
            refused("ecp(192|224|224bp)", TransformType.KEY_EXCHANGE, "is too small a group"),
            refused(
                    "modp(6144|8192)|ntru.*|newhope.*",
                    TransformType.KEY_EXCHANGE,
                    "is not among what RFC 8247 recommends"));

    private RefusedNames() {}

    /**
     * A name that is refused.
     *
     * @param names regular expression
     * @param type what it would be
     * @param why in words that follow the name
     */
    record Refused(Pattern names, TransformType type, String why) {}

    private static Refused refused(String names, TransformType type, String why) {
        return new Refused(Pattern.compile(names), type, why);
    }

    static Optional<Refused> of(String name) {
        return ALL.stream().filter(r -> r.names().matcher(name).matches()).findFirst();
    }
}
