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
     * Parses the readable form.
     *
     * @throws IllegalArgumentException naming the part that is not known and what is
     */
    public static Proposal parse(String text) {
        List<Transform> transforms = new ArrayList<>();
        for (String name : text.trim().split("-", -1)) {
            transforms.add(TransformNames.transform(name)
                    .orElseThrow(() -> new IllegalArgumentException("\"" + name + "\" in proposal \"" + text.trim()
                            + "\" is not a known algorithm; known are " + TransformNames.known())));
        }
        return new Proposal(transforms);
    }

    /** Returns the transforms of one type, best first. */
    public List<Transform> of(TransformType type) {
        return transforms.stream().filter(t -> t.type() == type).toList();
    }

    @Override
    public String toString() {
        return transforms.stream().map(Transform::readable).collect(Collectors.joining("-"));
    }
}
