package org.sallyport.lab.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.net.Place;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./sallyport start}: an appliance on this machine, guard first. */
@Command(name = "start", mixinStandardHelpOptions = true, description = "Starts an appliance on this machine.")
public final class StartCommand implements Callable<Integer> {
    private static final Duration READY = Duration.ofSeconds(90);

    @Mixin
    private InstanceOptions instance = new InstanceOptions();

    @Override
    public Integer call() {
        Progress progress = Progress.on(System.out);
        Distribution distribution = Distribution.find();
        Map<String, String> environment = Map.of("KARAF_BASE", instance.base().toString());
        if (running(distribution, environment)) {
            System.out.println("it runs already: " + instance.base());
            return 0;
        }
        Appliance appliance = prepare(distribution, progress);
        appliance.applyGuard();
        progress.say("the guard stands");
        long started = EventLog.now();
        org.sallyport.lab.process.Command.of(
                        "setsid",
                        "--fork",
                        "sh",
                        "-c",
                        "exec \"$0\" daemon >>\"$KARAF_BASE/karaf.out\" 2>&1 </dev/null",
                        distribution.script("karaf"))
                .with("KARAF_BASE", instance.base().toString())
                .check();
        progress.say("starting");
        awaitReady(appliance, started);
        progress.say("ready");
        System.out.printf(
                """
                  policies and peers  %s/org.sallyport.policy-NAME.cfg, org.sallyport.peer-NAME.cfg
                  console             https://localhost:%d/ (password: %s)
                  run a program       ./sallyport run -- PROGRAM ...
                  shell               ./sallyport shell
                """, appliance.etc(), Appliance.CONSOLE_PORT, appliance.etc().resolve("keys/console-password"));
        return 0;
    }

    private Appliance prepare(Distribution distribution, Progress progress) {
        if (instance.exists()) {
            return instance.appliance(distribution);
        }
        progress.say("making the instance " + instance.base());
        return Appliance.create(Place.MACHINE, distribution, instance.base(), Map.of());
    }

    private static void awaitReady(Appliance appliance, long started) {
        boolean ready = Wait.holds(
                READY, () -> !appliance.journal().since(started, "ready").isEmpty());
        if (!ready) {
            throw new CommandFailedException("it was not ready within %s: %s".formatted(READY, appliance.diagnosis()));
        }
    }

    private static boolean running(Distribution distribution, Map<String, String> environment) {
        org.sallyport.lab.process.Command status =
                org.sallyport.lab.process.Command.of(List.of(distribution.script("status")));
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            status = status.with(variable.getKey(), variable.getValue());
        }
        return status.run().succeeded();
    }

    /** For the commands that need to know. */
    static boolean running(Distribution distribution, Path base) {
        return running(distribution, Map.of("KARAF_BASE", base.toString()));
    }
}
