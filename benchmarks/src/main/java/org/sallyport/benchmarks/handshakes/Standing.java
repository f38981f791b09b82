package org.sallyport.benchmarks.handshakes;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.sallyport.benchmarks.ProcessCpu;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.RunDirectory;

/** What an appliance's process takes while many IKE SAs stand, each with a Child SA. */
final class Standing {
    private static final int NUMBER = 2;
    private static final int CONCURRENT = 24;
    private static final Duration LONGEST = Duration.ofMinutes(8);
    /** A collection at a signal tells what is alive, and gives back what is not. */
    private static final String JAVA_OPTIONS =
            "-Xmx1g -XX:+PrintClassHistogram -XX:MinHeapFreeRatio=5" + " -XX:MaxHeapFreeRatio=10";

    /**
     * What was seen.
     *
     * @param ikeSas so many stand, each with a Child SA
     * @param seconds until all of them stood
     * @param residentBytes of the whole process after a full collection: heap, memory of SAs, code, threads
     * @param residentBytesBefore the same with none
     * @param heapBytes alive on the heap
     * @param heapBytesBefore the same with none
     */
    record Result(
            @JsonProperty("ike_sas") long ikeSas,
            @JsonProperty("seconds") double seconds,
            @JsonProperty("resident_bytes") long residentBytes,
            @JsonProperty("resident_bytes_before") long residentBytesBefore,
            @JsonProperty("heap_bytes") long heapBytes,
            @JsonProperty("heap_bytes_before") long heapBytesBefore) {
        long bytesPerIkeSa() {
            return (residentBytes - residentBytesBefore) / ikeSas;
        }
    }

    private final int ikeSas;
    private final Progress progress;

    Standing(int ikeSas, Progress progress) {
        this.ikeSas = ikeSas;
        this.progress = progress;
    }

    Result run() {
        try (RunDirectory directory = RunDirectory.create("standing");
                Ground ground = Ground.create()) {
            Certificates.write(directory.directory("certificates"));
            try (Sallyport responder = Sallyport.start(
                            ground.responder(NUMBER, "standing"),
                            Ground.address(NUMBER),
                            directory.path().resolve("appliance"),
                            directory.directory("certificates"),
                            JAVA_OPTIONS,
                            "linger = lifetime\n");
                    Generator generator =
                            Generator.start(ground.load(), directory.path().resolve("load"), Ground.clients(NUMBER))) {
                long heapBefore = responder.appliance().liveHeapBytes();
                long before = ProcessCpu.residentBytes(responder.pid());
                long began = System.nanoTime();
                JsonNode filled = generator.order(
                        LONGEST, "fill", responder.address(), ikeSas, CONCURRENT, LONGEST.toSeconds() - 10);
                if (filled.get("standing").asLong() < ikeSas) {
                    throw new CommandFailedException("not all IKE SAs stand: " + filled);
                }
                double seconds = HandshakesResult.rounded((System.nanoTime() - began) / 1e9);
                long heap = responder.appliance().liveHeapBytes();
                Result result = new Result(
                        ikeSas, seconds, ProcessCpu.residentBytes(responder.pid()), before, heap, heapBefore);
                progress.say("%d IKE SAs stand after %.0f s: %d MiB resident, %d octets each"
                        .formatted(ikeSas, seconds, result.residentBytes() >> 20, result.bytesPerIkeSa()));
                return result;
            }
        }
    }
}
