package org.sallyport.karaf.setup;

import java.security.SecureRandom;
import java.util.stream.Collectors;

/** Passwords made by the machine: 26 letters and digits, 130 bits, none that people mistake for another. */
final class Passwords {
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int LENGTH = 26;

    private Passwords() {}

    static String generate(SecureRandom random) {
        return random.ints(LENGTH, 0, ALPHABET.length())
                .mapToObj(index -> String.valueOf(ALPHABET.charAt(index)))
                .collect(Collectors.joining());
    }
}
