package org.sallyport.lab.command;

import java.nio.file.Files;
import java.nio.file.Path;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.net.Place;
import picocli.CommandLine.Option;

/** Which appliance on this machine a command is about. */
final class InstanceOptions {
    @Option(
            names = "--base",
            paramLabel = "DIRECTORY",
            description = "the instance's directory (default: ${DEFAULT-VALUE})")
    private Path base = Path.of("/var/lib/sallyport");

    Path base() {
        return base.toAbsolutePath().normalize();
    }

    boolean exists() {
        return Files.isDirectory(base().resolve("etc"));
    }

    Appliance appliance(Distribution distribution) {
        return Appliance.existing(Place.MACHINE, distribution, base());
    }
}
