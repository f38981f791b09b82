package org.sallyport.linux.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Finds the processes that have a socket, by looking at every descriptor there is. Thread safe; takes milliseconds. */
public final class SocketHolders {
    private static final Path PROC = Path.of("/proc");

    private SocketHolders() {}

    /**
     * Returns a process that has a socket open; the first of several, since a socket that is inherited is shared.
     *
     * @param inode the socket's
     */
    public static OptionalInt find(int inode) {
        String link = "socket:[" + Integer.toUnsignedString(inode) + "]";
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (has(process, link)) {
                    return OptionalInt.of(Integer.parseInt(process.getFileName().toString()));
                }
            }
            return OptionalInt.empty();
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }

    private static boolean has(Path process, String link) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (link.equals(target(descriptor))) {
                    return true;
                }
            }
            return false;
        } catch (IOException | java.nio.file.DirectoryIteratorException endedMeanwhile) {
            return false;
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
