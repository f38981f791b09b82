package org.sallyport.api.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What belongs together in a proposal (RFC 7296 sections 3.3 and 3.3.3). */
final class ProposalRules {
    /** Encryption algorithms that encrypt nothing: null and AES-GMAC. */
    private static final Set<Integer> CLEAR = Set.of(11, 21);
    /** The PRF that goes with an integrity algorithm where strongSwan's spelling leaves it out. */
    private static final Map<Integer, Integer> PRF_OF_INTEGRITY = Map.of(12, 5, 13, 6, 14, 7, 8, 8, 5, 4);

    private final String text;
    private final List<Transform> transforms;

    ProposalRules(String text, Proposal proposal) {
        this.text = text;
        this.transforms = new ArrayList<>(proposal.transforms());
    }

    Proposal ike() {
        require(TransformType.ENCRYPTION, "encryption algorithm (such as aes256gcm16)");
        completePrf();
        require(TransformType.PRF, "PRF (such as prfsha384)");
        require(TransformType.KEY_EXCHANGE, "key exchange method (such as ecp384)");
        if (first(TransformType.SEQUENCE_NUMBERS).isPresent()) {
            throw wrong("speaks of sequence numbers, which belong to a policy's proposals");
        }
        Optional<Transform> clear = of(TransformType.ENCRYPTION).stream()
                .filter(t -> CLEAR.contains(t.id()))
                .findFirst();
        if (clear.isPresent()) {
            throw wrong("has " + clear.get() + ", which encrypts nothing; an IKE SA is encrypted");
        }
        checkIntegrity();
        return new Proposal(transforms);
    }

    Proposal ah() {
        transforms.replaceAll(TransformNames::ofAh);
        require(TransformType.INTEGRITY, "integrity algorithm (such as sha256)");
        first(TransformType.ENCRYPTION).ifPresent(t -> {
            throw wrong("has " + t + ", which encrypts, and AH does not; leave it out, or use ipsec-protocol = esp");
        });
        refusePrf();
        return new Proposal(transforms);
    }

    Proposal esp() {
        require(TransformType.ENCRYPTION, "encryption algorithm");
        refusePrf();
        checkIntegrity();
        return new Proposal(transforms);
    }

    private void refusePrf() {
        if (first(TransformType.PRF).isPresent()) {
            throw wrong("has a PRF, which belongs to a peer's ike-proposals");
        }
    }

    /** As strongSwan reads it: sha256 brings prfsha256, and beside an AEAD it is nothing but that. */
    private void completePrf() {
        if (first(TransformType.PRF).isPresent()) {
            return;
        }
        for (Transform integrity : of(TransformType.INTEGRITY)) {
            Optional.ofNullable(PRF_OF_INTEGRITY.get(integrity.id()))
                    .ifPresent(prf -> transforms.add(new Transform(TransformType.PRF, prf, 0)));
        }
        if (of(TransformType.ENCRYPTION).stream().allMatch(TransformNames::isAead)) {
            transforms.removeIf(t -> t.type() == TransformType.INTEGRITY);
        }
    }

    private void checkIntegrity() {
        Optional<Transform> aead = of(TransformType.ENCRYPTION).stream()
                .filter(TransformNames::isAead)
                .findFirst();
        Optional<Transform> plain = of(TransformType.ENCRYPTION).stream()
                .filter(t -> !TransformNames.isAead(t) && !TransformNames.isPrivate(t))
                .findFirst();
        Optional<Transform> integrity = first(TransformType.INTEGRITY);
        if (aead.isPresent() && plain.isPresent()) {
            throw wrong("mixes " + aead.get() + ", which authenticates, with " + plain.get()
                    + ", which does not; write two proposals with a comma between");
        }
        if (aead.isPresent() && integrity.isPresent()) {
            throw wrong("has " + integrity.get() + " beside " + aead.get() + ", which authenticates itself; leave out "
                    + integrity.get());
        }
        if (plain.isPresent() && integrity.isEmpty()) {
            throw wrong("has no integrity algorithm (such as sha256), which " + plain.get() + " needs");
        }
    }

    private void require(TransformType type, String what) {
        if (first(type).isEmpty()) {
            throw wrong("has no " + what);
        }
    }

    private List<Transform> of(TransformType type) {
        return transforms.stream().filter(t -> t.type() == type).toList();
    }

    private Optional<Transform> first(TransformType type) {
        return of(type).stream().findFirst();
    }

    private IllegalArgumentException wrong(String how) {
        return new IllegalArgumentException("\"" + text + "\" " + how);
    }
}
