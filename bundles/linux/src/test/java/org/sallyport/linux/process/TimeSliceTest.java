package org.sallyport.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class TimeSliceTest {

    @Test
    void aThreadGetsAShortOneAndKeepsItsPriority() throws Exception {
        try (var executor = Executors.newSingleThreadExecutor()) {
            CompletableFuture.runAsync(
                            () -> {
                                String before = nice();
                                boolean shortened = TimeSlice.shorten();
                                assertThat(shortened).isEqualTo(kernelIsAtLeast(6, 12));
                                assertThat(nice()).isEqualTo(before);
                            },
                            executor)
                    .get();
        }
    }

    private static boolean kernelIsAtLeast(int major, int minor) {
        String[] numbers = System.getProperty("os.version").split("\\D+", 3);
        int here = Integer.parseInt(numbers[0]);
        return here > major || (here == major && Integer.parseInt(numbers[1]) >= minor);
    }

    private static String nice() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return stat.substring(stat.lastIndexOf(')')).split(" ", -1)[17];
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
