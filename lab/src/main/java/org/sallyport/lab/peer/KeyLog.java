package org.sallyport.lab.peer;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the keys that strongSwan's log has at its highest level: a heading, then lines of sixteen octets. */
final class KeyLog {
    private static final Pattern HEADING = Pattern.compile("\\[(?:IKE|CHD)\\] (?:<\\S+> )?(.*?) => ([0-9]+) bytes @.*");
    private static final Pattern LINE =
            Pattern.compile("\\[(?:IKE|CHD)\\] (?:<\\S+> )? *[0-9]+: ((?:[0-9A-F]{2} )+).*");
    private static final Pattern SECRET = Pattern.compile("(?i).*(secret|key|seed).*");
    private static final int SHORTEST = 16;

    private KeyLog() {}

    static Map<String, byte[]> read(List<String> lines) {
        Map<String, byte[]> keys = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher heading = HEADING.matcher(lines.get(i));
            if (heading.find() && SECRET.matcher(heading.group(1)).matches()) {
                int length = Integer.parseInt(heading.group(2));
                byte[] key = octets(lines.subList(i + 1, lines.size()), length);
                if (length >= SHORTEST && key.length == length) {
                    keys.put(heading.group(1) + " #" + keys.size(), key);
                }
            }
        }
        return keys;
    }

    private static byte[] octets(List<String> dump, int length) {
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        for (String line : dump) {
            Matcher octets = LINE.matcher(line);
            if (key.size() >= length || !octets.find()) {
                break;
            }
            key.writeBytes(HexFormat.ofDelimiter(" ").parseHex(octets.group(1).strip()));
        }
        return key.toByteArray();
    }
}
