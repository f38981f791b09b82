package org.sallyport.api.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Transforms of which the peer picks one of each type (RFC 7296 section 3.3), with a readable form:
 * {@code aes256gcm16-prfsha384-ecp384}, best first within a type. Immutable.
 *
 * @param transforms at least one
 */
public record Proposal(List<Transform> transforms) {
    public Proposal {
        transforms = List.copyOf(transforms);
        if (transforms.isEmpty()) {
            throw new IllegalArgumentException("a proposal has at least one transform");
        }
    }

    /**
     * Parses the readable form without asking whether it is whole.
     *
     * @throws IllegalArgumentException naming the part that is not known or not served, why, and what is accepted
     */
    public static Proposal parse(String text) {
        String proposal = text.trim();
        List<Transform> transforms = new ArrayList<>();
        for (String name : proposal.split("-", -1)) {
            transforms.add(TransformNames.transform(name, proposal));
        }
        return new Proposal(transforms);
    }

    /**
     * Parses a proposal for an IKE SA: encryption, with an integrity algorithm unless it is an AEAD, PRF and key exchange.
     * Without a PRF the integrity algorithm's is taken ({@code aes256-sha256-modp2048}), as strongSwan does.
     *
     * @throws IllegalArgumentException saying what is wrong and what is accepted
     */
    public static Proposal ike(String text) {
        return new ProposalRules(text.trim(), parse(text)).ike();
    }

    /**
     * Parses a proposal for a Child SA of ESP: encryption, with an integrity algorithm unless it is an AEAD, and where wanted
     * key exchange and sequence numbers.
     *
     * @throws IllegalArgumentException saying what is wrong and what is accepted
     */
    public static Proposal esp(String text) {
        return new ProposalRules(text.trim(), parse(text)).esp();
    }

    /**
     * Parses a proposal for a Child SA of AH: an integrity algorithm, and where wanted key exchange and sequence numbers.
     *
     * @throws IllegalArgumentException saying what is wrong and what is accepted
     */
    public static Proposal ah(String text) {
        return new ProposalRules(text.trim(), parse(text)).ah();
    }

    /** Returns the transforms of one type, best first. */
    public List<Transform> of(TransformType type) {
        List<Transform> found = new ArrayList<>(transforms.size());
        for (Transform transform : transforms) {
            if (transform.type() == type) {
                found.add(transform);
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return transforms.stream().map(Transform::readable).collect(Collectors.joining("-"));
    }
}
