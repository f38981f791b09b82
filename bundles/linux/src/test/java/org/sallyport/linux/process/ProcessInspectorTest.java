package org.sallyport.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;

class ProcessInspectorTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @Test
    void tellsWhoAProcessIs() throws Exception {
        Process sleeper = new ProcessBuilder("sleep", "30").start();
        try {
            // exec happens after fork: wait for it.
            while (!ProcessInspector.identify((int) sleeper.pid()).command().equals("sleep")) {
                Thread.onSpinWait();
            }
            ProcessIdentity identity = ProcessInspector.identify((int) sleeper.pid());

            assertThat(identity.pid()).isEqualTo((int) sleeper.pid());
            assertThat(identity.userId())
                    .isEqualTo(Long.valueOf((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")));
            assertThat(identity.executable().orElseThrow()).endsWith("/sleep");
            assertThat(identity.networkNamespace()).isEqualTo(ProcessInspector.ownNetworkNamespace());
        } finally {
            sleeper.destroyForcibly();
            sleeper.waitFor(5, TimeUnit.SECONDS);
        }
        assertThatThrownBy(() -> ProcessInspector.identify((int) sleeper.pid()))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(ErrnoNames.ESRCH));
    }

    @Test
    void aThreadsProcessIsFound() throws Exception {
        long tid = Long.parseLong(Files.readSymbolicLink(Path.of("/proc/thread-self"))
                .getFileName()
                .toString());

        assertThat(ProcessInspector.threadGroup((int) tid))
                .isEqualTo((int) ProcessHandle.current().pid());
        PidDescriptor.ofThread((int) tid).close();
    }

    @Test
    void aProcessThatEndedCannotBeOpened() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor(5, TimeUnit.SECONDS);

        assertThatThrownBy(() -> PidDescriptor.ofProcess((int) process.pid()))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(ErrnoNames.ESRCH));
    }

    @Test
    void readsTheUnitFromTheUnifiedHierarchy() {
        ControlGroup group = ControlGroup.parse("0::/system.slice/nginx.service\n");

        assertThat(group.unit()).contains("nginx.service");
        assertThat(group.container()).isEmpty();
    }

    @Test
    void readsTheContainerOfEachRuntime() {
        assertThat(ControlGroup.parse("0::/system.slice/docker-" + ID + ".scope\n")
                        .container())
                .contains(ID);
        assertThat(ControlGroup.parse("0::/kubepods/besteffort/pod1/" + ID + "\n")
                        .container())
                .contains(ID);
        assertThat(ControlGroup.parse("0::/user.slice/libpod-" + ID + ".scope/container\n")
                        .container())
                .contains(ID);
    }

    @Test
    void readsTheOldHierarchy() {
        ControlGroup group = ControlGroup.parse("4:cpu:/\n1:name=systemd:/system.slice/sshd.service\n0::/\n");

        assertThat(group.unit()).contains("sshd.service");
        assertThat(ControlGroup.parse("0::/\n").unit()).isEmpty();
        assertThat(ControlGroup.parse("").unit()).isEmpty();
    }
}
