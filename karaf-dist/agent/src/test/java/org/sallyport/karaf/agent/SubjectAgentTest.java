package org.sallyport.karaf.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.security.auth.Subject;
import org.apache.karaf.util.jaas.JaasHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SubjectAgentTest {
    private static final Path CLASSES = Path.of("target", "classes");

    private final Path directory;

    SubjectAgentTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void aVirtualMachineUnderTheAgentKnowsWhoActsAndForgetsInForeignThreads() throws Exception {
        assertThat(run(Probe.class))
                .containsExactly(
                        "outside=true",
                        "current=true",
                        "getSubject=true",
                        "nested=true",
                        "restored=true",
                        "nobody=true",
                        "shell-thread=true",
                        "other-thread=true",
                        "command-thread=true",
                        "virtual-thread=true",
                        "exception-action=true",
                        "after=true");
    }

    @Test
    void whatIsWrittenIsAClassFileThatVerifies() throws IOException {
        assertThat(ClassFile.of().verify(SubjectRewrite.subject(bytesOf(Subject.class))))
                .isEmpty();
        assertThat(ClassFile.of().verify(SubjectRewrite.jaasHelper(bytesOf(JaasHelper.class))))
                .isEmpty();
    }

    @Test
    void aClassWithoutTheMethodsIsRefused() {
        assertThatThrownBy(() -> SubjectRewrite.subject(bytesOf(JaasHelper.class)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("getSubject");
    }

    private List<String> run(Class<?> main) throws IOException, InterruptedException {
        Path boot = jar("karaf-agent-boot.jar", new Manifest(), "org/sallyport/karaf/boot");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", SubjectAgent.class.getName());
        manifest.getMainAttributes()
                .putValue("Boot-Class-Path", boot.getFileName().toString());
        manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
        Path agent = jar("karaf-agent.jar", manifest, "org/sallyport/karaf/agent");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-javaagent:" + agent,
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream output = process.getInputStream()) {
            List<String> lines = new String(output.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    private Path jar(String name, Manifest manifest, String packagePath) throws IOException {
        Path jar = directory.resolve(name);
        manifest.getMainAttributes().putIfAbsent(Attributes.Name.MANIFEST_VERSION, "1.0");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                Stream<Path> files = Files.list(CLASSES.resolve(packagePath))) {
            for (Path file : files.toList()) {
                out.putNextEntry(new JarEntry(packagePath + "/" + file.getFileName()));
                Files.copy(file, out);
            }
        }
        return jar;
    }

    private static byte[] bytesOf(Class<?> type) throws IOException {
        String resource = "/" + type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getResourceAsStream(resource)) {
            assertThat(in).isNotNull();
            return in.readAllBytes();
        }
    }
}
