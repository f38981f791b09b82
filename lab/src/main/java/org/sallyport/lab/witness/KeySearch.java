package org.sallyport.lab.witness;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Looks for keys in what a system wrote: as octets, in hexadecimal, in base64 and as a printed array, also where only
 * part of a key stands. Immutable.
 */
public final class KeySearch {
    /** Half of a 128-bit key: by chance this stands nowhere. */
    private static final int PART = 8;

    private final Map<String, List<String>> needles;

    private KeySearch(Map<String, List<String>> needles) {
        this.needles = needles;
    }

    /**
     * Prepares a search.
     *
     * @param keys by a name for people, 8 octets and up each
     */
    public static KeySearch of(Map<String, byte[]> keys) {
        Map<String, List<String>> needles = new LinkedHashMap<>();
        keys.forEach((name, key) -> {
            if (key.length < PART) {
                throw new IllegalArgumentException(name + " is too short to be looked for");
            }
            needles.put(name, forms(key));
        });
        return new KeySearch(needles);
    }

    /** Returns which keys stand in what was written, each with the form in which it was found. */
    public List<String> in(byte[] written) {
        String text = new String(written, StandardCharsets.ISO_8859_1);
        String lower = text.toLowerCase(Locale.ROOT);
        List<String> found = new ArrayList<>();
        needles.forEach((name, forms) -> {
            for (int form = 0; form < forms.size(); form++) {
                String needle = forms.get(form);
                boolean hexadecimal = form < HEXADECIMAL_FORMS;
                if ((hexadecimal ? lower : text).contains(needle)) {
                    found.add(name + " as " + needle);
                    break;
                }
            }
        });
        return found;
    }

    /** The first of the forms are hexadecimal, in which case says nothing. */
    private static final int HEXADECIMAL_FORMS = 3;

    private static List<String> forms(byte[] key) {
        byte[] part = Arrays.copyOf(key, PART);
        String array = Arrays.toString(part);
        List<String> forms = new ArrayList<>(List.of(
                HexFormat.of().formatHex(part),
                HexFormat.ofDelimiter(" ").formatHex(part),
                HexFormat.ofDelimiter(":").formatHex(part),
                new String(part, StandardCharsets.ISO_8859_1),
                array.substring(1, array.length() - 1),
                unsigned(part)));
        for (int offset = 0; offset < 3; offset++) {
            forms.add(base64(key, offset));
        }
        return forms;
    }

    private static String unsigned(byte[] part) {
        StringBuilder text = new StringBuilder();
        for (byte octet : part) {
            text.append(text.isEmpty() ? "" : ", ").append(octet & 0xff);
        }
        return text.toString();
    }

    /** What base64 makes of the key's octets from a place on: a key within something longer may begin at any of three. */
    private static String base64(byte[] key, int offset) {
        int whole = (key.length - offset) / 3 * 3;
        byte[] aligned = Arrays.copyOfRange(key, offset, offset + whole);
        String text = Base64.getEncoder().encodeToString(aligned);
        return text.substring(0, Math.min(text.length(), 12));
    }
}
