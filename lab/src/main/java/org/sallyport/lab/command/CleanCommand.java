package org.sallyport.lab.command;

import java.util.concurrent.Callable;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.topology.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./sallyport clean}: everything that outlives the appliance, and what interrupted runs have left. */
@Command(
        name = "clean",
        mixinStandardHelpOptions = true,
        description = {
            "Removes guard, divert table, TUN and state, and what interrupted labs have left.",
            "From then on nothing keeps protected traffic from leaving in clear."
        })
public final class CleanCommand implements Callable<Integer> {
    @Mixin
    private InstanceOptions instance = new InstanceOptions();

    @Option(names = "--all", description = "remove the instance's policies, keys and passwords too")
    private boolean all;

    @Override
    public Integer call() {
        RunDirectory.removeLeftovers().forEach(left -> System.out.println("removed " + left));
        if (!instance.exists()) {
            return 0;
        }
        Distribution distribution = Distribution.find();
        if (StartCommand.running(distribution, instance.base())) {
            System.err.println(
                    "sallyport clean: the appliance in " + instance.base() + " runs; do ./sallyport stop first");
            return 1;
        }
        Appliance appliance = instance.appliance(distribution);
        appliance.endKeeper();
        appliance.removeGuard();
        System.out.println("removed guard, divert table and TUN");
        RunDirectory.delete(all ? instance.base() : instance.base().resolve("data"));
        System.out.println("removed " + (all ? instance.base() : instance.base().resolve("data")));
        return 0;
    }
}
