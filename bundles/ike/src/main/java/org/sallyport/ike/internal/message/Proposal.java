package org.sallyport.ike.internal.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One proposal of an SA payload (RFC 7296 section 3.3.1).
 *
 * @param number counts proposals from 1; an answer repeats the number it chose
 * @param protocol see {@link ProtocolId}
 * @param spi the sender's SPI: empty in the first exchange, 8 octets for a rekeyed IKE SA, 4 for ESP and AH
 * @param transforms what it offers; of one type any one may be chosen
 */
public record Proposal(int number, int protocol, Bytes spi, List<Transform> transforms) {
    /** Checks ranges and copies the list. */
    public Proposal {
        Ranges.octet("proposal number", number);
        Ranges.octet("protocol", protocol);
        Ranges.octet("number of transforms", transforms.size());
        Ranges.octet("SPI length", spi.length());
        transforms = List.copyOf(transforms);
    }

    /** Returns the transforms of one type, in order of preference. */
    public List<Transform> transforms(int type) {
        List<Transform> found = new ArrayList<>(transforms.size());
        for (Transform transform : transforms) {
            if (transform.type() == type) {
                found.add(transform);
            }
        }
        return found;
    }

    /** Returns the first transform of one type. */
    public Optional<Transform> first(int type) {
        return transforms.stream().filter(t -> t.type() == type).findFirst();
    }

    /** Such as {@code ESP:ENCR_AES_GCM_16-128/x25519/ESN}. */
    @Override
    public String toString() {
        return ProtocolId.name(protocol) + ":"
                + transforms.stream().map(Transform::toString).collect(Collectors.joining("/"));
    }
}
