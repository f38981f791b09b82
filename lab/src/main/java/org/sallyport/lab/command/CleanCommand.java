package org.sallyport.lab.command;

import java.util.concurrent.Callable;
import org.sallyport.lab.topology.RunDirectory;
import picocli.CommandLine.Command;

/** {@code ./sallyport clean}: everything that outlives the appliance, and what interrupted runs have left. */
@Command(name = "clean", mixinStandardHelpOptions = true, description = "Removes guard, divert table, TUN and state.")
public final class CleanCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        RunDirectory.removeLeftovers().forEach(left -> System.out.println("removed " + left));
        return 0;
    }
}
