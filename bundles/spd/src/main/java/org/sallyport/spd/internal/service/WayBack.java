package org.sallyport.spd.internal.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sallyport.spd.internal.change.ChangeRecord;
import org.sallyport.spd.internal.change.ChangeRecord.State;
import org.sallyport.spd.internal.change.FolderEdit;
import org.sallyport.spd.internal.change.FolderStamp;
import org.sallyport.spd.internal.config.ConfigurationFolder;
import org.sallyport.spd.internal.config.Problems;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way back from a change: what files there were before is written down in the folder, so that it is found after a
 * crash, and they can be put back. Used by one thread.
 */
final class WayBack {
    private static final Logger LOG = LoggerFactory.getLogger(WayBack.class);

    private final Optional<Path> folder;
    private final FileCollection collection;

    WayBack(Optional<Path> folder, FileCollection collection) {
        this.folder = folder;
        this.collection = collection;
    }

    /** Makes the folder hold these files, and keeps what is replaced beside it; tells whether it could be done. */
    boolean restore(Path etc, Map<String, String> texts) {
        try {
            FolderEdit edit = FolderEdit.stage(etc, ConfigurationFolder.texts(etc, new Problems()), texts);
            edit.keepCopies();
            collection.written(edit.files());
            edit.commit();
            return true;
        } catch (IOException e) {
            LOG.error("The files before the change could not be restored; put them back by hand", e);
            return false;
        }
    }

    /** Returns what tells whether the folder's files are those of now. */
    String stamp() {
        return folder.map(FolderStamp::of).orElse("");
    }

    /** Writes down what to go back to. */
    void remember(State state, String stamp, Map<String, String> previous) {
        folder.ifPresent(f -> {
            try {
                new ChangeRecord(state, stamp, new TreeMap<>(previous)).write(f);
            } catch (IOException e) {
                LOG.warn("An unconfirmed change would not be rolled back after a crash: {}", e.toString());
            }
        });
    }

    /** Nothing is to be gone back to any more. */
    void forget() {
        folder.ifPresent(f -> {
            try {
                ChangeRecord.remove(f);
            } catch (IOException e) {
                LOG.error("Remove {} by hand, or a restart goes back", f.resolve(ChangeRecord.FILE), e);
            }
        });
    }
}
