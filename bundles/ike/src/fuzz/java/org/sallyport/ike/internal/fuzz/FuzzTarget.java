package org.sallyport.ike.internal.fuzz;

import java.util.Locale;
import org.sallyport.ike.internal.core.StateMachineFuzz;
import org.sallyport.ike.internal.core.state.CheckpointFuzz;
import org.sallyport.ike.internal.eap.EapFuzz;
import org.sallyport.ike.internal.keys.SealedMessageFuzz;
import org.sallyport.ike.internal.message.MessageFuzz;
import org.sallyport.pki.internal.CertificateFuzz;

/** Everything that reads what others wrote. Each takes any octets, and throws when something does not hold that must. */
public enum FuzzTarget {
    /** Messages as they come. */
    MESSAGE,
    /** What an SK payload holds. */
    PAYLOADS,
    /** SK and SKF payloads, sealed and not. */
    SEALED,
    /** EAP and MSCHAPv2. */
    EAP,
    /** A peer's signatures and certificates. */
    PROOF,
    /** Files of keys and certificates. */
    KEY_FILE,
    /** Checkpoints. */
    CHECKPOINT,
    /** The state machine, to whoever reaches it. */
    STRANGER,
    /** The state machine, to who has keys and no identity yet. */
    UNPROVEN,
    /** The state machine, to an authenticated peer. */
    PEER;

    /** Tries octets. */
    public void accept(byte[] octets) {
        switch (this) {
            case MESSAGE -> MessageFuzz.message(octets);
            case PAYLOADS -> MessageFuzz.payloads(octets);
            case SEALED -> SealedMessageFuzz.open(octets);
            case EAP -> EapFuzz.conversation(octets);
            case PROOF -> CertificateFuzz.proof(octets);
            case KEY_FILE -> CertificateFuzz.file(octets);
            case CHECKPOINT -> CheckpointFuzz.decode(octets);
            case STRANGER -> StateMachineFuzz.datagrams(octets);
            case UNPROVEN -> StateMachineFuzz.beforeAuthentication(octets);
            case PEER -> StateMachineFuzz.afterAuthentication(octets);
        }
    }

    /** Returns its name for people and files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
