package org.sallyport.lab.command;

import java.util.concurrent.Callable;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.Distribution;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./sallyport status}: whether it runs, and what it holds; the exit status is 0 when it runs, 3 when not. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Says whether the appliance runs, and its SAs.")
public final class StatusCommand implements Callable<Integer> {
    private static final int NOT_RUNNING = 3;

    @Mixin
    private InstanceOptions instance = new InstanceOptions();

    @Override
    public Integer call() {
        Distribution distribution = Distribution.find();
        boolean running = StartCommand.running(distribution, instance.base());
        System.out.println((running ? "runs: " : "does not run: ") + instance.base());
        if (!running) {
            return NOT_RUNNING;
        }
        Appliance appliance = instance.appliance(distribution);
        System.out.println(appliance.shell("sallyport:policy-list"));
        System.out.println(appliance.shell("sallyport:sa-list"));
        return 0;
    }
}
