package org.sallyport.benchmarks.manysas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sallyport.api.sa.SaTable;
import org.sallyport.benchmarks.MeasuringBundle;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.process.CommandFailedException;

/** {@link Churn}, installed in one appliance of the lab. Used by one thread. */
final class ChurnBundle {
    private static final String API = List.of("flow", "policy", "reason", "sa", "secret").stream()
            .map(name -> "org.sallyport.api." + name)
            .collect(Collectors.joining(","));
    private static final Pattern BUNDLE_ID = Pattern.compile("Bundle ID: (\\d+)");
    private static final Pattern TOLD =
            Pattern.compile("added=(\\d+) rekeyed=(\\d+) removed=(\\d+) failed=(\\d+) seconds=(\\S+) (.*)");

    /**
     * What was done in a time.
     *
     * @param added pairs
     * @param rekeyed pairs
     * @param removed pairs, apart from those that were rekeyed
     * @param seconds in which
     */
    record Told(long added, long rekeyed, long removed, double seconds) {
        /** How many a second were added; all but the last are rekeyed and removed in the same time. */
        double aSecond() {
            return added / seconds;
        }
    }

    private final Appliance appliance;
    private final String id;
    private final Path told;

    private ChurnBundle(Appliance appliance, String id, Path told) {
        this.appliance = appliance;
        this.id = id;
        this.told = told;
    }

    /**
     * Installs it; it does nothing yet.
     *
     * @param folder for it and for what it tells
     * @param settings what {@link Churn} has to know
     */
    static ChurnBundle install(Appliance appliance, Path folder, Map<String, String> settings) {
        Path told = folder.resolve("churn.txt");
        MeasuringBundle bundle = new MeasuringBundle(
                "churn", List.of(Churn.class, Churn.Standing.class), API, component(settings, told));
        String said =
                appliance.shell("bundle:install", bundle.write(folder).toUri().toString());
        Matcher id = BUNDLE_ID.matcher(said);
        if (!id.find()) {
            throw new CommandFailedException("no bundle was installed: " + said);
        }
        return new ChurnBundle(appliance, id.group(1), told);
    }

    private static String component(Map<String, String> settings, Path told) {
        String properties = settings.entrySet().stream()
                .map(each -> "<property name=\"%s\" value=\"%s\"/>".formatted(each.getKey(), each.getValue()))
                .collect(Collectors.joining("\n  "));
        return """
                <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" name="churn" immediate="true" activate="start" deactivate="stop">
                  %s
                  <property name="file" value="%s"/>
                  <reference name="table" interface="%s" bind="table"/>
                  <implementation class="%s"/>
                </scr:component>
                """.formatted(properties, told, SaTable.class.getName(), Churn.class.getName());
    }

    void start() {
        appliance.shell("bundle:start", id);
    }

    /** Ends it and answers what it did. */
    Told stop() {
        appliance.shell("bundle:stop", id);
        try {
            Matcher said = TOLD.matcher(Files.readString(told).strip() + " ");
            if (!said.find() || !said.group(4).equals("0")) {
                throw new CommandFailedException("the SA table refused: " + Files.readString(told));
            }
            return new Told(
                    Long.parseLong(said.group(1)),
                    Long.parseLong(said.group(2)),
                    Long.parseLong(said.group(3)),
                    Double.parseDouble(said.group(5)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
