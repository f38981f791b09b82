package org.sallyport.pools.internal;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;

/** Reads one file {@code org.sallyport.pool-NAME.cfg}; what it cannot read becomes a problem. Not thread safe. */
final class PoolParser {
    private static final String SCHEMA_VERSION = "schema-version";
    private static final Set<String> KNOWN =
            new TreeSet<>(Set.of(SCHEMA_VERSION, "addresses", "dns-servers", "subnets", "domains"));
    private static final int MOST = 64;
    private static final String SEVERAL = "; at most " + MOST + ", with commas between";
    private static final Pattern DOMAIN = Pattern.compile(
            "(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*");

    private final String file;
    private final Map<String, String> values;
    private final List<ConfigurationProblem> problems = new ArrayList<>();

    private PoolParser(String file, Map<String, String> values) {
        this.file = file;
        this.values = values;
    }

    /**
     * What became of reading.
     *
     * @param settings empty where there is a problem
     * @param problems every mistake
     */
    record Outcome(Optional<PoolSettings> settings, List<ConfigurationProblem> problems) {}

    /**
     * Reads.
     *
     * @param file its name, for messages
     * @param values keys and values
     */
    static Outcome parse(String file, Map<String, String> values) {
        PoolParser parser = new PoolParser(file, values);
        PoolSettings settings = parser.parse();
        return new Outcome(parser.problems.isEmpty() ? Optional.of(settings) : Optional.empty(), parser.problems);
    }

    private PoolSettings parse() {
        values.keySet().stream()
                .sorted()
                .filter(k -> !KNOWN.contains(k))
                .forEach(k -> problem(k, "there is no such key; known are " + String.join(", ", KNOWN)));
        if (!text(SCHEMA_VERSION).equals("1")) {
            problem(SCHEMA_VERSION, "accepted: 1, the only schema version there is");
        }
        List<AddressRange> addresses = list(
                "addresses", "a network (10.9.0.0/24), a range (10.9.0.10-10.9.0.99) or an address", PoolParser::range);
        if (text("addresses").isEmpty()) {
            problem("addresses", "is missing; accepted: networks, ranges or addresses that peers are given");
        }
        for (int i = 0; i < addresses.size(); i++) {
            for (int j = i + 1; j < addresses.size(); j++) {
                if (addresses.get(i).intersect(addresses.get(j)).isPresent()) {
                    problem(
                            "addresses",
                            addresses.get(i) + " and " + addresses.get(j) + " overlap; accepted: each once");
                }
            }
        }
        return new PoolSettings(
                addresses,
                list("dns-servers", "an IPv4 or IPv6 address", PoolParser::server),
                list("subnets", "a network (10.2.0.0/16) or an address", PoolParser::network),
                list("domains", "a domain in ASCII (corp.example.org)", PoolParser::domain));
    }

    private String text(String key) {
        return values.getOrDefault(key, "").trim();
    }

    private void problem(String key, String accepted) {
        problems.add(new ConfigurationProblem(file, key, text(key), accepted));
    }

    private <T> List<T> list(String key, String accepted, Function<String, T> parser) {
        List<T> result = new ArrayList<>();
        if (text(key).isEmpty()) {
            return result;
        }
        try {
            for (String part : text(key).split(",", -1)) {
                if (part.isBlank()) {
                    throw new IllegalArgumentException("there is a comma too many");
                }
                result.add(parser.apply(part.trim()));
            }
            if (result.size() > MOST) {
                throw new IllegalArgumentException("there are " + result.size());
            }
        } catch (IllegalArgumentException e) {
            problem(key, "accepted: " + accepted + SEVERAL + "; " + e.getMessage());
        }
        return result;
    }

    /** Of a network, the addresses of hosts: not the first, nor the last of an IPv4 one. */
    private static AddressRange range(String text) {
        AddressRange range = AddressRange.parse(text);
        int bits = range.isIpv4() ? 32 : 128;
        int prefix = text.contains("/") ? range.prefixLength().orElse(bits) : bits;
        if (prefix == 0 || range.first().isMulticastAddress() || range.last().isMulticastAddress()) {
            throw new IllegalArgumentException("\"" + text + "\" has addresses of no host");
        }
        if (prefix >= bits - 1) {
            return range;
        }
        InetAddress last = range.isIpv4() ? step(range.last(), -1) : range.last();
        return new AddressRange(step(range.first(), 1), last);
    }

    private static InetAddress step(InetAddress address, int by) {
        return Addresses.of(Addresses.isIpv4(address), Addresses.high(address), Addresses.low(address) + by);
    }

    private static InetAddress server(String text) {
        InetAddress address = Addresses.parse(text);
        if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
            throw new IllegalArgumentException("\"" + text + "\" is no host");
        }
        return address;
    }

    private static AddressRange network(String text) {
        AddressRange range = AddressRange.parse(text);
        if (range.prefixLength().isEmpty()) {
            throw new IllegalArgumentException("\"" + text + "\" is no network");
        }
        return range;
    }

    private static String domain(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        if (!DOMAIN.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is none");
        }
        return name;
    }
}
