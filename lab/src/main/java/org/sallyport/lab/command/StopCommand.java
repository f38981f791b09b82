package org.sallyport.lab.command;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sallyport.lab.appliance.Distribution;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./sallyport stop}: the appliance ends, the guard stays. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        description = "Stops the appliance; the guard stays, so that nothing leaves in clear.")
public final class StopCommand implements Callable<Integer> {
    @Mixin
    private InstanceOptions instance = new InstanceOptions();

    @Override
    public Integer call() {
        Distribution distribution = Distribution.find();
        if (!StartCommand.running(distribution, instance.base())) {
            System.out.println("it does not run: " + instance.base());
            return 0;
        }
        int status =
                Programs.run(Map.of("KARAF_BASE", instance.base().toString()), List.of(distribution.script("stop")));
        if (status == 0) {
            System.out.println("stopped; the guard stays until ./sallyport clean");
        }
        return status;
    }
}
