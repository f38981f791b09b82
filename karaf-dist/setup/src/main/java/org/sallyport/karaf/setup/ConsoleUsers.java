package org.sallyport.karaf.setup;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The file {@code etc/console-users.properties}: {@code name = hash,role}. Read anew at every sign-in, so that what an
 * administrator changes holds at once.
 */
record ConsoleUsers(Path file) {
    static final String FILE = "console-users.properties";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final String HEADER = """
            # Who may sign in to the console: name = password hash,role. Roles: admin changes things, viewer looks.
            # Set a password with: bin/sallyport-instance password --base DIRECTORY --user NAME [--role admin|viewer]
            """;

    /**
     * What the file says of one user.
     *
     * @param hash as {@link PasswordHash} writes it
     */
    record Entry(String hash, Role role) {}

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The user's entry, or nothing if there is no such user or its line cannot be read. */
    Optional<Entry> find(String name) throws IOException {
        return Optional.ofNullable(load().getProperty(name)).flatMap(ConsoleUsers::parse);
    }

    void put(String name, String hash, Role role) throws IOException {
        Properties users = Files.exists(file) ? load() : new Properties();
        users.setProperty(name, hash + "," + role.label());
        String lines = new TreeMap<>(users)
                .entrySet().stream()
                        .map(user -> user.getKey() + " = " + user.getValue() + "\n")
                        .collect(Collectors.joining());
        PrivateFiles.write(file, HEADER + lines);
    }

    private static Optional<Entry> parse(String value) {
        String[] parts = Stream.of(value.split(",", -1)).map(String::strip).toArray(String[]::new);
        return parts.length == 2 ? Role.of(parts[1]).map(role -> new Entry(parts[0], role)) : Optional.empty();
    }

    private Properties load() throws IOException {
        Properties users = new Properties();
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            users.load(in);
        }
        return users;
    }
}
