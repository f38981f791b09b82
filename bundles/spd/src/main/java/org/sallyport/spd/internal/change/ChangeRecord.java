package org.sallyport.spd.internal.change;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFolder;
import org.sallyport.spd.internal.config.Problems;

/**
 * What has to be remembered of a change that is not confirmed, should everything stop: one file beside those that it is
 * about, replaced whole. Immutable.
 *
 * @param state how far the change is
 * @param stamp the folder's as the change left it; empty when that does not matter
 * @param previous names and texts of the files to go back to
 */
public record ChangeRecord(State state, String stamp, SortedMap<String, String> previous) {
    /** The name of the record's file; FileInstall and the reader of our files pass it over. */
    public static final String FILE = "org.sallyport.unconfirmed";

    private static final String PREVIOUS = "previous ";

    /** How far a change is. */
    public enum State {
        /** Its files were put in the folder, and are to be replaced by the previous ones unless it is confirmed. */
        APPLIED,
        /** Its files were edited by somebody and stay; unless it is confirmed, the previous ones are in force. */
        EDITED,
        /** Nobody confirmed: its files stay, and the previous ones are in force. */
        REFUSED
    }

    public ChangeRecord {
        previous = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(previous));
    }

    /**
     * Reads the record of a folder; empty when there is none.
     *
     * @throws IOException when it cannot be read, or is not one
     */
    public static Optional<ChangeRecord> read(Path folder) throws IOException {
        Properties values = new Properties();
        try {
            values.load(new StringReader(Files.readString(folder.resolve(FILE), StandardCharsets.UTF_8)));
            State state = State.valueOf(values.getProperty("state", ""));
            SortedMap<String, String> previous = new TreeMap<>();
            for (String key : values.stringPropertyNames()) {
                if (key.startsWith(PREVIOUS)
                        && ConfigurationFile.kind(key.substring(PREVIOUS.length()))
                                .isPresent()) {
                    previous.put(key.substring(PREVIOUS.length()), values.getProperty(key));
                }
            }
            return Optional.of(new ChangeRecord(state, values.getProperty("stamp", ""), previous));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new IOException(FILE + " is damaged: " + e.getMessage(), e);
        }
    }

    /** Writes it; it is on disk when this returns. */
    public void write(Path folder) throws IOException {
        Properties values = new Properties();
        values.setProperty("state", state.name());
        values.setProperty("stamp", stamp);
        previous.forEach((name, text) -> values.setProperty(PREVIOUS + name, text));
        StringWriter text = new StringWriter();
        values.store(text, "What to go back to unless a change is confirmed. Do not edit.");
        FolderEdit.replace(folder.resolve(FILE), text.toString());
    }

    /** Removes the record of a folder, if there is one. */
    public static void remove(Path folder) throws IOException {
        FolderEdit.remove(folder.resolve(FILE));
    }

    /** Tells whether a folder's files are still those that this change left. */
    public boolean stands(Path folder) {
        return state == State.APPLIED || stamp.equals(FolderStamp.of(folder));
    }

    /** Returns the files that ought to be in force: those of the folder, or the previous ones of a change unconfirmed. */
    public static List<ConfigurationFile> filesInForce(Path folder, Problems problems) {
        try {
            Optional<ChangeRecord> record = read(folder).filter(r -> r.stands(folder));
            if (record.isPresent()) {
                return ConfigurationFolder.parse(record.get().previous(), folder, problems);
            }
        } catch (IOException e) {
            problems.add(FILE, "", "", "the record of an unconfirmed change cannot be read: " + e.getMessage());
        }
        return ConfigurationFolder.read(folder, problems);
    }

    /** Returns files as texts that read the same. */
    public static SortedMap<String, String> texts(List<ConfigurationFile> files) {
        SortedMap<String, String> texts = new TreeMap<>();
        files.stream()
                .filter(f -> ConfigurationFile.kind(f.file()).isPresent())
                .forEach(f -> texts.put(f.file(), text(f.values())));
        return texts;
    }

    private static String text(Map<String, String> values) {
        Properties properties = new Properties();
        properties.putAll(values);
        StringWriter text = new StringWriter();
        try {
            properties.store(text, null);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return text.toString();
    }
}
