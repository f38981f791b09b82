package org.sallyport.lab.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sallyport.lab.appliance.Distribution;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ./sallyport shell}: the appliance's shell, by ssh with the key of the first start. */
@Command(
        name = "shell",
        mixinStandardHelpOptions = true,
        description = "Opens the appliance's shell, or runs one command in it.")
public final class ShellCommand implements Callable<Integer> {
    @Mixin
    private InstanceOptions instance = new InstanceOptions();

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "such as sallyport:sa-list")
    private List<String> command = List.of();

    @Override
    public Integer call() {
        List<String> line = new ArrayList<>(List.of(Distribution.find().script("sallyport-shell")));
        line.addAll(command);
        return Programs.run(Map.of("KARAF_BASE", instance.base().toString()), line);
    }
}
