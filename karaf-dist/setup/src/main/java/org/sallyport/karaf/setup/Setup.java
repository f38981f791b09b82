package org.sallyport.karaf.setup;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The program behind {@code bin/sallyport-instance} and behind the first start in {@code bin/setenv}.
 *
 * <pre>
 * create  --home DIRECTORY --base DIRECTORY [--address ADDRESS] [--https-port PORT] [--ssh-port PORT] [--viewer]
 * prepare --base DIRECTORY [--viewer]
 * password --base DIRECTORY --user NAME [--role admin|viewer]
 * </pre>
 *
 * <p>{@code create} makes an instance's directory from a distribution and prepares it. {@code prepare} gives an instance
 * its own keys, passwords and certificate, unless it has them. {@code password} makes a user of the console, or gives one
 * a new password, and prints it. Exit code 0, 1 if something failed, 2 for a mistake in the
 * arguments.
 */
public final class Setup {
    private static final String USAGE = """
            usage: sallyport-instance create --base DIRECTORY [--address ADDRESS] [--https-port PORT] [--ssh-port PORT] [--viewer]
                   sallyport-instance prepare --base DIRECTORY [--viewer]
                   sallyport-instance password --base DIRECTORY --user NAME [--role admin|viewer]
              create    makes a new instance's directory, with keys, passwords and a certificate of its own
              prepare   makes those in a directory that has none yet
              password  makes a user of the console, or gives one a new password, and prints it
              --viewer  with a second user, viewer, who may look and not touch""";

    private static final Set<String> VALUED =
            Set.of("--home", "--base", "--address", "--https-port", "--ssh-port", "--user", "--role");
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9.:-]{1,253}");
    private static final int HIGHEST_PORT = 65_535;

    private Setup() {}

    /** Runs and ends the virtual machine with the exit code. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        try {
            if (arguments.isEmpty()) {
                throw new UsageException(USAGE);
            }
            Map<String, String> options = options(arguments.subList(1, arguments.size()));
            Instance instance = new Instance(directory(options, "--base"));
            List<String> report =
                    switch (arguments.getFirst()) {
                        case "create" -> {
                            Path home = directory(options, "--home");
                            new InstanceCreation(home, instance).create(listeners(options));
                            yield prepare(instance, options);
                        }
                        case "prepare" -> prepare(instance, options);
                        case "password" -> List.of(setPassword(instance, options));
                        default -> throw new UsageException(USAGE);
                    };
            report.forEach(out::println);
            return 0;
        } catch (UsageException e) {
            err.println(e.getMessage());
            return 2;
        } catch (IOException | GeneralSecurityException e) {
            err.println("sallyport-instance: " + e);
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static List<String> prepare(Instance instance, Map<String, String> options)
            throws IOException, GeneralSecurityException, InterruptedException {
        return new FirstStart(instance, new SecureRandom()).prepare(options.containsKey("--viewer"));
    }

    private static String setPassword(Instance instance, Map<String, String> options) throws IOException {
        String user = options.getOrDefault("--user", "");
        if (!ConsoleUsers.isName(user)) {
            throw new UsageException("--user: '" + user + "' is not a name (1 to 64 letters, digits, '_', '.', '-')");
        }
        String label = options.getOrDefault("--role", Role.ADMIN.label());
        Role role = Role.of(label)
                .orElseThrow(() -> new UsageException("--role: " + label + " is not a role (admin or viewer)"));
        SecureRandom random = new SecureRandom();
        String password = Passwords.generate(random);
        new ConsoleUsers(instance.consoleUsers()).put(user, PasswordHash.of(password.toCharArray(), random), role);
        return password;
    }

    private static Map<String, String> options(List<String> arguments) {
        Map<String, String> options = new LinkedHashMap<>();
        for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
            String option = rest.next();
            if (option.equals("--viewer")) {
                options.put(option, "");
            } else if (VALUED.contains(option) && rest.hasNext()) {
                options.put(option, rest.next());
            } else {
                throw new UsageException(option + ": not an option, or it lacks its value\n" + USAGE);
            }
        }
        return options;
    }

    private static Path directory(Map<String, String> options, String option) {
        return Path.of(Optional.ofNullable(options.get(option))
                        .orElseThrow(() -> new UsageException(option + " DIRECTORY is missing\n" + USAGE)))
                .toAbsolutePath()
                .normalize();
    }

    private static Listeners listeners(Map<String, String> options) {
        Optional<String> address = Optional.ofNullable(options.get("--address"));
        if (address.isPresent() && !ADDRESS.matcher(address.get()).matches()) {
            throw new UsageException("--address: " + address.get() + " is neither an address nor a host name");
        }
        return new Listeners(address, port(options, "--https-port"), port(options, "--ssh-port"));
    }

    private static OptionalInt port(Map<String, String> options, String option) {
        String value = options.get(option);
        if (value == null) {
            return OptionalInt.empty();
        }
        try {
            int port = Integer.parseInt(value);
            if (port >= 1 && port <= HIGHEST_PORT) {
                return OptionalInt.of(port);
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of range.
        }
        throw new UsageException(option + ": " + value + " is not a TCP port (1 to " + HIGHEST_PORT + ")");
    }
}
