package org.sallyport.linux.process;

import static org.sallyport.linux.ErrnoNames.EACCES;
import static org.sallyport.linux.ErrnoNames.ESRCH;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.sallyport.linux.LinuxException;

/** Reads /proc. Thread safe; each call reads anew. */
public final class ProcessInspector {
    private static final int EFFECTIVE = 1;

    private ProcessInspector() {}

    /**
     * Tells who a process is.
     *
     * @param pid a process or thread
     * @throws LinuxException ESRCH when it has ended
     */
    public static ProcessIdentity identify(int pid) {
        String status = text(pid, "status");
        ControlGroup group = ControlGroup.parse(text(pid, "cgroup"));
        return new ProcessIdentity(
                (int) number(pid, status, "Tgid:", 0),
                number(pid, status, "Uid:", EFFECTIVE),
                number(pid, status, "Gid:", EFFECTIVE),
                groups(pid, status),
                text(pid, "comm").strip(),
                executable(pid),
                group.unit(),
                group.container(),
                networkNamespace(pid));
    }

    /**
     * Returns the process that a thread belongs to.
     *
     * @throws LinuxException ESRCH when it has ended
     */
    public static int threadGroup(int tid) {
        return (int) number(tid, text(tid, "status"), "Tgid:", 0);
    }

    /**
     * Returns the inode of a process's network namespace.
     *
     * @throws LinuxException ESRCH when it has ended
     */
    public static long networkNamespace(int pid) {
        return namespaceInode(pid, link(pid, "ns/net"));
    }

    /** Returns the inode of this process's own network namespace. */
    public static long ownNetworkNamespace() {
        return networkNamespace((int) ProcessHandle.current().pid());
    }

    private static long namespaceInode(int pid, String link) {
        int open = link.indexOf('[');
        int close = link.indexOf(']');
        if (open < 0 || close < open) {
            throw new LinuxException("network namespace of process " + pid, ESRCH, "not understood: " + link);
        }
        return Long.parseLong(link, open + 1, close, 10);
    }

    /**
     * Returns the path of a process's executable as that process sees it.
     *
     * @throws LinuxException ESRCH when it has ended or is the kernel's own
     */
    public static String executableLink(int pid) {
        return link(pid, "exe");
    }

    private static Optional<String> executable(int pid) {
        try {
            Path seen = Path.of(link(pid, "exe"));
            return Files.isSameFile(Path.of("/proc/" + pid + "/exe"), seen)
                    ? Optional.of(seen.toString())
                    : Optional.empty();
        } catch (IOException | LinuxException kernelThreadOrNotAllowedOrNotHere) {
            return Optional.empty();
        }
    }

    private static Set<Integer> groups(int pid, String status) {
        Set<Integer> groups = new HashSet<>();
        groups.add((int) number(pid, status, "Gid:", EFFECTIVE));
        Arrays.stream(line(pid, status, "Groups:").split("\\s+", -1))
                .filter(text -> !text.isEmpty())
                .forEach(text -> groups.add(Integer.parseUnsignedInt(text)));
        return groups;
    }

    private static long number(int pid, String status, String key, int column) {
        return Long.parseLong(line(pid, status, key).split("\\s+", -1)[column]);
    }

    private static String line(int pid, String status, String key) {
        return status.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .findFirst()
                .orElseThrow(() -> new LinuxException("status of process " + pid, ESRCH, "has no line " + key));
    }

    private static String text(int pid, String file) {
        try {
            return new String(Files.readAllBytes(Path.of("/proc/" + pid + "/" + file)), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw gone(pid, file, e);
        }
    }

    private static String link(int pid, String file) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/" + file)).toString();
        } catch (IOException e) {
            throw gone(pid, file, e);
        }
    }

    private static LinuxException gone(int pid, String file, IOException cause) {
        String call = "read of /proc/" + pid + "/" + file;
        LinuxException gone = cause instanceof java.nio.file.AccessDeniedException
                ? new LinuxException(call, EACCES)
                : new LinuxException(call, ESRCH, "the process has ended");
        gone.initCause(cause);
        return gone;
    }
}
