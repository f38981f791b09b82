package org.sallyport.lab.relay;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.sallyport.lab.net.Tun;

/**
 * The relay as a process of its own, so that its timing does not suffer from its user's garbage. It obeys lines on
 * standard input, answers each with one line, and ends when its input does.
 */
public final class RelayProcess {
    private static final String USAGE = "expected: relay DEVICE SEED INSIDE[,INSIDE...] [NAT-ADDRESS]";

    private final RelayEngine engine;
    private final ObjectMapper json = new ObjectMapper();

    private RelayProcess(RelayEngine engine) {
        this.engine = engine;
    }

    /** Runs until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            throw new IllegalArgumentException(USAGE);
        }
        Optional<Nat> nat =
                arguments.length > 3 ? Optional.of(new Nat(InetAddress.ofLiteral(arguments[3]))) : Optional.empty();
        RelayEngine engine = new RelayEngine(
                new Dice(Long.parseLong(arguments[1])), InsideNetworks.parse(arguments[2]), nat, System::nanoTime);
        Tun tun = Tun.open(arguments[0]);
        daemon("receive", () -> {
            while (true) {
                byte[] packet = tun.read();
                if (InsideNetworks.isRouted(packet)) {
                    engine.receive(packet);
                }
            }
        });
        daemon("deliver", () -> {
            try {
                engine.deliver(tun::write);
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        });
        new RelayProcess(engine).obey(new PrintStream(System.out, true, StandardCharsets.UTF_8));
        System.exit(0);
    }

    private static void daemon(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                work.run();
            } catch (RuntimeException failure) {
                System.err.println("the relay failed: " + failure);
                Runtime.getRuntime().halt(1);
            }
        });
    }

    private void obey(PrintStream answers) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        answers.println("ready");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            answers.println(answer(line.strip()));
        }
    }

    private String answer(String line) throws IOException {
        String[] words = line.split(" ", 2);
        try {
            switch (words[0]) {
                case "outbound" -> engine.impair(Direction.OUTBOUND, Impairment.parse(words[1]));
                case "inbound" -> engine.impair(Direction.INBOUND, Impairment.parse(words[1]));
                case "rebind" -> engine.rebind();
                case "statistics" -> {
                    return json.writeValueAsString(engine.statistics());
                }
                default -> {
                    return "error \"" + line + "\": expected outbound, inbound, rebind or statistics";
                }
            }
            return "done";
        } catch (IllegalArgumentException mistake) {
            return "error " + mistake.getMessage();
        }
    }
}
