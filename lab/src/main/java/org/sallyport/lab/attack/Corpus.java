package org.sallyport.lab.attack;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.sallyport.lab.witness.CapturedPacket;

/**
 * Real packets to start from. Immutable.
 *
 * @param ike IKE messages, at least one
 * @param esp ESP packets in UDP, at least one
 */
public record Corpus(List<Datagram> ike, List<Datagram> esp) {
    public Corpus {
        ike = List.copyOf(ike);
        esp = List.copyOf(esp);
        if (ike.isEmpty() || esp.isEmpty()) {
            throw new IllegalArgumentException(
                    "a corpus needs both: it has %d IKE messages and %d ESP packets".formatted(ike.size(), esp.size()));
        }
    }

    /** Takes the IKE messages and ESP packets of a capture; what else is there is left out. */
    public static Corpus of(List<CapturedPacket> captured) {
        return new Corpus(select(captured, Datagram::isIke), select(captured, Datagram::isEsp));
    }

    /** The first IKE_SA_INIT request to the address. */
    public Optional<Datagram> initRequest(String destination) {
        return ike.stream()
                .filter(datagram -> datagram.destination().getHostAddress().equals(destination))
                .filter(datagram -> new IkeMessage(datagram.payload(), datagram.ikeOffset()).isInitRequest())
                .findFirst();
    }

    private static List<Datagram> select(List<CapturedPacket> captured, Predicate<Datagram> wanted) {
        return captured.stream()
                .map(Datagram::of)
                .flatMap(Optional::stream)
                .filter(wanted)
                .toList();
    }
}
