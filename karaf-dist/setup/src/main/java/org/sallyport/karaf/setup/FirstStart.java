package org.sallyport.karaf.setup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Gives an instance what must not be the same on two machines: users with generated passwords, ssh keys, the console's
 * certificate. Done once; a first start that was cut off is done again from its beginning.
 */
final class FirstStart {
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
    private static final String ADMINS = "_g_\\:admins = group,admin,manager,viewer,systembundles,ssh\n";

    private final Instance instance;
    private final SecureRandom random;

    FirstStart(Instance instance, SecureRandom random) {
        this.instance = instance;
        this.random = random;
    }

    /**
     * Makes what is missing.
     *
     * @param viewer whether there is to be a user who may look and not touch
     * @return what to tell the person who starts the instance; empty if there was nothing to do
     */
    List<String> prepare(boolean viewer) throws IOException, GeneralSecurityException, InterruptedException {
        if (Files.exists(instance.ready())) {
            return List.of();
        }
        PrivateFiles.makeDirectory(instance.keys());
        makeUsers(viewer);
        makeSshKeys();
        String fingerprint = makeCertificate();
        PrivateFiles.write(instance.ready(), "certificate-sha256 = " + fingerprint + "\n");
        return List.of(
                "Sallyport: first start, made keys and passwords for this instance.",
                "  Console passwords are in " + instance.consolePasswords() + " (read them, then delete the file).",
                "  The console's certificate has the SHA-256 fingerprint " + fingerprint + ".",
                "  The key for ssh as admin is " + instance.adminKey() + ".");
    }

    private void makeUsers(boolean viewer) throws IOException {
        Map<String, Role> users = new LinkedHashMap<>(Map.of("admin", Role.ADMIN));
        if (viewer) {
            users.put("viewer", Role.VIEWER);
        }
        ConsoleUsers file = new ConsoleUsers(instance.consoleUsers());
        StringBuilder plain = new StringBuilder();
        for (Map.Entry<String, Role> user : users.entrySet()) {
            String password = Passwords.generate(random);
            file.put(user.getKey(), PasswordHash.of(password.toCharArray(), random), user.getValue());
            plain.append(user.getKey()).append(' ').append(password).append('\n');
        }
        PrivateFiles.write(instance.consolePasswords(), plain.toString());
    }

    private void makeSshKeys() throws IOException, GeneralSecurityException {
        SshKeyPair host = SshKeyPair.generate(random);
        SshKeyPair admin = SshKeyPair.generate(random);
        PrivateFiles.write(instance.hostKey(), host.privatePem());
        // ssh looks a host with a port other than 22 up as [address]:port; a pattern covers every port and address.
        PrivateFiles.write(instance.knownHosts(), "* " + host + "\n");
        PrivateFiles.write(instance.adminKey(), admin.privatePem());
        PrivateFiles.write(instance.adminPublicKey(), admin + " sallyport-admin\n");
        PrivateFiles.write(
                instance.etc().resolve("keys.properties"),
                "# Who may use ssh: name = public key,group.\nadmin = " + admin.publicBlob() + ",_g_:admins\n"
                        + ADMINS);
    }

    private String makeCertificate() throws IOException, GeneralSecurityException, InterruptedException {
        Path store = instance.certificateStore();
        Files.deleteIfExists(store);
        String password = Passwords.generate(random);
        PrivateFiles.write(instance.certificateStorePassword(), password);
        // keytool creates the store with the umask's rights; the directory around it is closed already.
        String fingerprint = ConsoleCertificate.create(store, password, names());
        PrivateFiles.restrict(store);
        return fingerprint;
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of("dns:localhost", "ip:127.0.0.1", "ip:::1"));
        try {
            String host = InetAddress.getLocalHost().getHostName();
            if (HOST_NAME.matcher(host).matches() && !host.equals("localhost")) {
                names.add("dns:" + host);
            }
        } catch (UnknownHostException e) {
            // A machine whose own name does not resolve: the certificate does without it.
        }
        return names.stream().distinct().collect(Collectors.toUnmodifiableList());
    }
}
