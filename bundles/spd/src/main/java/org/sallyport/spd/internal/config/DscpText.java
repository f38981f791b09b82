package org.sallyport.spd.internal.config;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** Differentiated services code points as people write them (RFC 2474, 2597, 3246, 5865, 8622). */
final class DscpText {
    static final String ACCEPTED =
            "copy, a number from 0 to 63, or a name: cs0 to cs7, af11 to af43, ef, voice-admit, le";

    private static final String COPY = "copy";
    private static final int HIGHEST = 63;

    private record Name(String word, int codePoint) {}

    private static final List<Name> NAMES = List.of(new Name("ef", 46), new Name("voice-admit", 44), new Name("le", 1));

    private DscpText() {}

    /** Returns what the outer header gets; empty for what the packet inside has. */
    static OptionalInt parse(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (word.equals(COPY)) {
            return OptionalInt.empty();
        }
        if (word.matches("cs[0-7]")) {
            return OptionalInt.of(8 * digit(word, 2));
        }
        if (word.matches("af[1-4][1-3]")) {
            return OptionalInt.of(8 * digit(word, 2) + 2 * digit(word, 3));
        }
        return OptionalInt.of(NAMES.stream()
                .filter(name -> name.word().equals(word))
                .map(Name::codePoint)
                .findFirst()
                .orElseGet(() -> Keys.whole(word, 0, HIGHEST)));
    }

    private static int digit(String word, int at) {
        return Character.digit(word.charAt(at), 10);
    }
}
