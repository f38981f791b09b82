package org.sallyport.api.reason;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Words of the catalogue, cut once into what is between the arguments and which of them comes where. Immutable. */
final class Sentence {
    private static final Pattern ARGUMENT = Pattern.compile("\\{([0-9])}");
    private static final Map<ReasonCode, Sentence> OF_CODES = Arrays.stream(ReasonCode.values())
            .collect(Collectors.toUnmodifiableMap(code -> code, code -> new Sentence(code.words())));

    /** One more than there are places. */
    private final List<String> between = new ArrayList<>();

    private final List<Integer> places = new ArrayList<>();

    private Sentence(String words) {
        String plain = words.replace("''", "'");
        Matcher argument = ARGUMENT.matcher(plain);
        int from = 0;
        while (argument.find()) {
            between.add(plain.substring(from, argument.start()));
            places.add(Integer.parseInt(argument.group(1)));
            from = argument.end();
        }
        between.add(plain.substring(from));
    }

    /** Returns the words of a code. */
    static Sentence of(ReasonCode code) {
        Sentence sentence = OF_CODES.get(code);
        if (sentence == null) {
            throw new IllegalStateException("every code has words");
        }
        return sentence;
    }

    /** Returns it with its arguments; one that is missing shows as its number in braces. */
    String with(List<String> arguments) {
        StringBuilder text = new StringBuilder(between.getFirst());
        for (int i = 0; i < places.size(); i++) {
            int place = places.get(i);
            text.append(place < arguments.size() ? arguments.get(place) : "{" + place + "}")
                    .append(between.get(i + 1));
        }
        return text.toString();
    }
}
