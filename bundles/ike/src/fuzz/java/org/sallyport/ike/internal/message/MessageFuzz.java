package org.sallyport.ike.internal.message;

import java.util.List;
import org.sallyport.ike.internal.fuzz.FuzzInput;

/** Messages as they come, and payloads as an SK payload holds them: a value that can be written again, or a notify. */
public final class MessageFuzz {
    private MessageFuzz() {}

    /** A whole datagram. */
    public static void message(byte[] octets) {
        try {
            IkeMessage message = MessageDecoder.decode(octets);
            require(MessageDecoder.decode(MessageEncoder.encode(message)).equals(message));
            require(!message.toString().isEmpty());
            message.payloads().forEach(MessageFuzz::describe);
        } catch (IkeProtocolException e) {
            requireNamed(e);
        }
    }

    /** The type of the first payload, and what an SK payload holds once it is opened. */
    public static void payloads(byte[] octets) {
        FuzzInput in = new FuzzInput(octets);
        PayloadType first = new PayloadType(in.u8());
        try {
            List<Payload> payloads = MessageDecoder.decodePayloads(first, in.rest());
            byte[] written = MessageEncoder.encodePayloads(payloads);
            require(MessageDecoder.decodePayloads(first, written).equals(payloads));
            payloads.forEach(MessageFuzz::describe);
        } catch (IkeProtocolException e) {
            requireNamed(e);
        }
    }

    /** What logs say of a payload fits a line. */
    private static void describe(Payload payload) {
        String text = payload.label() + payload
                + switch (payload) {
                    case Payload.Identification id -> id.text();
                    default -> "";
                };
        require(text.chars().noneMatch(Character::isISOControl));
    }

    private static void requireNamed(IkeProtocolException e) {
        require(e.type().isError() && e.getMessage() != null && e.toNotify().type().equals(e.type()));
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new AssertionError("a message is not what was read");
        }
    }
}
