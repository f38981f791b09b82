package org.sallyport.lab.command;

import java.nio.file.Files;
import java.nio.file.Path;
import org.sallyport.lab.process.CommandFailedException;

/** What a machine has to have. */
public final class Machine {
    private Machine() {}

    /** Says in words what is missing for network namespaces with appliances in them. */
    public static void mustHaveNamespaces() {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new CommandFailedException("needs root: it makes network namespaces, TUN devices and packet filters");
        }
        if (!Files.exists(Path.of("/dev/net/tun"))) {
            throw new CommandFailedException(
                    "needs /dev/net/tun: load the kernel module (modprobe tun), or give it to the container");
        }
    }
}
