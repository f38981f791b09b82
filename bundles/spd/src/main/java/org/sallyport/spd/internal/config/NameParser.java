package org.sallyport.spd.internal.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.LoginCondition;
import org.sallyport.api.policy.NameSelector;

/** Reads for whom a policy is (RFC 4301 section 4.4.1.1, "Name"), and who has to be logged in. Not thread safe. */
final class NameParser {
    /** The keys that say for whom. */
    static final List<String> NAMES = List.of("user", "group", "executable", "unit", "container");

    /** The key that says when. */
    static final String LOGIN = "login";

    private static final String USERS = "names or numbers of users of this host, with commas between";
    private static final String GROUPS = "names or numbers of groups of this host, with commas between";
    private static final String EXECUTABLES = "absolute paths, as /usr/bin/curl, with commas between";
    private static final String UNITS = "systemd units, as nginx.service, with commas between";
    private static final String CONTAINERS = "container ids, the first 12 digits or more, with commas between";
    private static final String LOGINS =
            "nobody, anybody, or names or numbers of users, and of groups as @staff, with commas between";

    private static final Pattern UNIT = Pattern.compile("[A-Za-z0-9:_.\\\\@-]{1,240}\\.(service|scope|socket)");
    private static final Pattern CONTAINER = Pattern.compile("[0-9a-f]{12,64}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
    private static final long LAST_ID = 0xffff_fffeL;

    private final Keys keys;
    private final HostAccounts accounts;

    NameParser(Keys keys, HostAccounts accounts) {
        this.keys = keys;
        this.accounts = accounts;
    }

    boolean named() {
        return NAMES.stream().anyMatch(keys::has);
    }

    /** Reads for whom the policy is, if that goes with what else it says. */
    NameSelector names(Optional<Action> action, int protocol) {
        NameSelector names = new NameSelector(
                set("user", USERS, this::user),
                set("group", GROUPS, this::group),
                set("executable", EXECUTABLES, NameParser::executable),
                set("unit", UNITS, text -> matching(UNIT, text)),
                set("container", CONTAINERS, text -> matching(CONTAINER, text)));
        NAMES.stream().filter(keys::has).findFirst().ifPresent(key -> check(key, action, protocol));
        return names;
    }

    private void check(String key, Optional<Action> action, int protocol) {
        if (keys.has("interface")) {
            keys.refuse(key, "nobody knows who sends what this host forwards; accepted: without interface");
        }
        if (action.filter(a -> a == Action.BYPASS).isPresent()) {
            keys.refuse(
                    key,
                    "packets do not show who sent them, so that only some of them cannot go in clear; accepted: action ="
                            + " protect or discard");
        }
        boolean known = protocol == TrafficSelector.ANY_PROTOCOL
                || protocol == IpProtocol.TCP
                || protocol == IpProtocol.UDP
                || protocol == IpProtocol.UDP_LITE;
        if (!known) {
            keys.refuse(
                    key, "who sends it is known of TCP and UDP alone; accepted: protocol = tcp, udp, udplite or any");
        }
    }

    Optional<LoginCondition> login() {
        return keys.optional(LOGIN, LOGINS, text -> switch (text) {
            case "nobody" -> new LoginCondition.Nobody();
            case "anybody" -> new LoginCondition.Anybody();
            default -> anyOf(Keys.<String>list(entry -> entry).apply(text));
        });
    }

    private LoginCondition anyOf(List<String> entries) {
        Set<Integer> users = new HashSet<>();
        Set<Integer> groups = new HashSet<>();
        for (String entry : entries) {
            if (entry.equals("nobody") || entry.equals("anybody")) {
                throw new IllegalArgumentException(entry + " stands alone");
            }
            if (entry.startsWith("@")) {
                groups.add(group(entry.substring(1)));
            } else {
                users.add(user(entry));
            }
        }
        return new LoginCondition.AnyOf(users, groups);
    }

    private <T> Set<T> set(String key, String accepted, Function<String, T> parser) {
        return keys.optional(key, accepted, Keys.list(parser)).map(Set::copyOf).orElse(Set.of());
    }

    private int user(String text) {
        return id(text, "user", accounts::user);
    }

    private int group(String text) {
        return id(text, "group", accounts::group);
    }

    private static int id(String text, String kind, Function<String, OptionalInt> byName) {
        if (NUMBER.matcher(text).matches() && Long.parseLong(text) <= LAST_ID) {
            return (int) Long.parseLong(text);
        }
        return byName.apply(text)
                .orElseThrow(() -> new IllegalArgumentException("there is no " + kind + " \"" + text + "\""));
    }

    private static String executable(String text) {
        if (!text.startsWith("/") || text.endsWith("/") || text.contains("//")) {
            throw new IllegalArgumentException("\"" + text + "\" is none");
        }
        return text;
    }

    private static String matching(Pattern pattern, String text) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is none");
        }
        return text;
    }
}
