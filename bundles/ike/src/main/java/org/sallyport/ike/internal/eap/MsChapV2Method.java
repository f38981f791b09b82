package org.sallyport.ike.internal.eap;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.EapParty;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.secret.SecretBytes;

/** EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2), which phones and Windows know. */
@Component(immediate = true, property = EapMethod.NAME + "=eap-mschapv2")
public final class MsChapV2Method implements EapMethod {
    private static final int TYPE = 26;
    private static final int CHALLENGE = 1;
    private static final int RESPONSE = 2;
    private static final int SUCCESS = 3;
    private static final int FAILURE = 4;
    /** Code, identifier and length. */
    private static final int HEADER = 4;
    /** Peer's challenge, eight zeros, NT response, flags. */
    private static final int RESPONSE_VALUE = 49;

    private final SecureRandom random;

    public MsChapV2Method() {
        this(new SecureRandom());
    }

    MsChapV2Method(SecureRandom random) {
        this.random = random;
    }

    @Override
    public int type() {
        return TYPE;
    }

    /** Whoever takes part can try passwords afterwards: a signature of the responder has to come first. */
    @Override
    public boolean standsAlone() {
        return false;
    }

    @Override
    public EapParty peer(PadEntry entry, String user, CredentialSource passwords) throws AuthenticationException {
        return new Peer(entry, user, hash(entry, user, passwords));
    }

    @Override
    public EapParty server(PadEntry entry, String user, CredentialSource passwords) throws AuthenticationException {
        return new Server(entry, user, hash(entry, user, passwords));
    }

    private static SecretBytes hash(PadEntry entry, String user, CredentialSource passwords)
            throws AuthenticationException {
        try (SecretBytes password = passwords
                .password(entry, user)
                .orElseThrow(() -> failed(entry, user, "there is no password for this user"))) {
            return MsChapV2.passwordHash(password);
        }
    }

    private static AuthenticationException failed(PadEntry entry, String user, String why) {
        return new AuthenticationException(Reason.of(ReasonCode.EAP_FAILED, entry.connection(), user, why));
    }

    private byte[] challenge() {
        byte[] challenge = new byte[MsChapV2.CHALLENGE];
        random.nextBytes(challenge);
        return challenge;
    }

    private static Octets packet(int code, int identifier, byte[]... parts) {
        int length = HEADER + Arrays.stream(parts).mapToInt(p -> p.length).sum();
        ByteBuffer out = ByteBuffer.allocate(length)
                .put((byte) code)
                .put((byte) identifier)
                .putShort((short) length);
        Arrays.stream(parts).forEach(out::put);
        return Octets.of(out.array());
    }

    private static EapParty.Step going(Octets data) {
        return new EapParty.Step(EapParty.Step.State.GOING_ON, data);
    }

    /** What both sides have. */
    private abstract static class Side implements EapParty {
        final PadEntry entry;
        final String user;
        final SecretBytes passwordHash;
        byte[] serverChallenge = new byte[0];

        @Nullable
        SecretBytes msk;

        Side(PadEntry entry, String user, SecretBytes passwordHash) {
            this.entry = entry;
            this.user = user;
            this.passwordHash = passwordHash;
        }

        AuthenticationException broken(String what) {
            return EapPacket.broken(entry, "EAP-MSCHAPv2: " + what);
        }

        @Override
        public Optional<SecretBytes> key() {
            return Optional.ofNullable(msk).map(SecretBytes::copy);
        }

        @Override
        public void close() {
            passwordHash.close();
            if (msk != null) {
                msk.close();
            }
        }
    }

    /** The side that has the password of the other. */
    private final class Server extends Side {
        private final int identifier = random.nextInt(0x100);
        private boolean proven;

        Server(PadEntry entry, String user, SecretBytes passwordHash) {
            super(entry, user, passwordHash);
        }

        @Override
        public Step first() {
            serverChallenge = challenge();
            byte[] name = "sallyport".getBytes(StandardCharsets.US_ASCII);
            return going(packet(CHALLENGE, identifier, new byte[] {MsChapV2.CHALLENGE}, serverChallenge, name));
        }

        @Override
        public Step next(Octets data) throws AuthenticationException {
            byte[] octets = data.toArray();
            if (proven && octets.length >= 1 && octets[0] == SUCCESS) {
                return new Step(Step.State.DONE, Octets.NONE);
            }
            boolean shape = octets.length > HEADER + RESPONSE_VALUE
                    && octets[0] == RESPONSE
                    && (octets[1] & 0xff) == identifier
                    && octets[HEADER] == RESPONSE_VALUE;
            if (proven || !shape) {
                throw broken("a message is out of order");
            }
            return judge(octets);
        }

        private Step judge(byte[] octets) throws AuthenticationException {
            int value = HEADER + 1;
            byte[] peerChallenge = Arrays.copyOfRange(octets, value, value + MsChapV2.CHALLENGE);
            byte[] response = Arrays.copyOfRange(octets, value + 24, value + 24 + MsChapV2.RESPONSE);
            String name = new String(
                    octets, value + RESPONSE_VALUE, octets.length - value - RESPONSE_VALUE, StandardCharsets.UTF_8);
            byte[] expected = MsChapV2.response(serverChallenge, peerChallenge, name, passwordHash);
            if (!name.equals(user) || !MessageDigest.isEqual(expected, response)) {
                throw failed(entry, user, "the password is wrong");
            }
            proven = true;
            msk = MsChapV2.key(passwordHash, response);
            String proof =
                    MsChapV2.authenticator(passwordHash, response, peerChallenge, serverChallenge, name) + " M=welcome";
            return going(packet(SUCCESS, identifier, proof.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** The side whose password it is. */
    private final class Peer extends Side {
        private String expected = "";

        Peer(PadEntry entry, String user, SecretBytes passwordHash) {
            super(entry, user, passwordHash);
        }

        @Override
        public Step next(Octets data) throws AuthenticationException {
            byte[] octets = data.toArray();
            if (octets.length < HEADER) {
                throw broken("a message is cut off");
            }
            return switch (octets[0]) {
                case CHALLENGE -> answer(octets);
                case SUCCESS -> judge(octets);
                case FAILURE -> throw failed(entry, user, "the peer refused: check eap-identity and the password");
                default -> throw broken("code " + octets[0] + " is not known");
            };
        }

        private Step answer(byte[] octets) throws AuthenticationException {
            if (octets.length < HEADER + 1 + MsChapV2.CHALLENGE || octets[HEADER] != MsChapV2.CHALLENGE) {
                throw broken("a challenge is cut off");
            }
            serverChallenge = Arrays.copyOfRange(octets, HEADER + 1, HEADER + 1 + MsChapV2.CHALLENGE);
            byte[] peerChallenge = challenge();
            byte[] response = MsChapV2.response(serverChallenge, peerChallenge, user, passwordHash);
            expected = MsChapV2.authenticator(passwordHash, response, peerChallenge, serverChallenge, user);
            if (msk != null) {
                msk.close();
            }
            msk = MsChapV2.key(passwordHash, response);
            return going(packet(
                    RESPONSE,
                    octets[1] & 0xff,
                    new byte[] {RESPONSE_VALUE},
                    peerChallenge,
                    new byte[8],
                    response,
                    new byte[1],
                    user.getBytes(StandardCharsets.UTF_8)));
        }

        /** The server has to know the password too. */
        private Step judge(byte[] octets) throws AuthenticationException {
            byte[] wanted = expected.getBytes(StandardCharsets.US_ASCII);
            byte[] came = Arrays.copyOfRange(octets, HEADER, Math.min(octets.length, HEADER + wanted.length));
            if (wanted.length == 0 || !MessageDigest.isEqual(wanted, came)) {
                throw failed(entry, user, "the peer does not know the password: it is not who it says");
            }
            return new Step(Step.State.DONE, Octets.of((byte) SUCCESS));
        }
    }
}
