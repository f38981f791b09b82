package org.sallyport.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.lab.Requirements;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.topology.RunDirectory;

@Timeout(60)
class NamespaceTest {
    @Test
    void whoCallsIntoANamespaceThatIsGoneIsTold() {
        Namespace nowhere = Namespace.existing(RunDirectory.prefix() + "-gone");

        assertThatThrownBy(() -> nowhere.call(() -> "inside")).hasMessageContaining("-gone");
    }

    @Test
    void whoWaitsForWhatRunsInsideCanBeInterrupted() throws InterruptedException {
        Requirements.root();
        try (Namespace namespace = Namespace.create(RunDirectory.prefix() + "-wait")) {
            AtomicBoolean told = new AtomicBoolean();
            CountDownLatch inside = new CountDownLatch(1);
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    namespace.call(() -> {
                        inside.countDown();
                        new CountDownLatch(1).await();
                        return "never";
                    });
                } catch (CommandFailedException interrupted) {
                    told.set(true);
                }
            });
            inside.await();

            waiting.interrupt();
            waiting.join();

            assertThat(told).isTrue();
        }
    }
}
