package org.sallyport.ike.internal.core.state;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;

/**
 * The peer's requests of one IKE SA (RFC 7296 section 2.3): which were answered, and with what, so that each is answered
 * again and none anew. Plain data of one session.
 */
public final class RequestWindow {
    /** How many requests an authenticated peer may have under way. */
    public static final int SIZE = 8;

    /**
     * How a request was answered.
     *
     * @param digest SHA-256 of the request: only its identical retransmission is answered again
     * @param response one datagram, or its fragments one behind the other
     */
    public record Answer(Bytes digest, Bytes response) {
        private static final int EXCHANGE_TYPE = 18;

        private boolean isToFirst() {
            return response.length() > EXCHANGE_TYPE
                    && response.get(EXCHANGE_TYPE) == ExchangeType.IKE_SA_INIT.number();
        }
    }

    private final TreeMap<Long, Answer> answers = new TreeMap<>();
    private long lowest;

    public RequestWindow() {}

    /**
     * Restores a window.
     *
     * @param lowest message id of the first request that was not answered
     * @param answers what is remembered, by message id
     */
    public RequestWindow(long lowest, Map<Long, Answer> answers) {
        this.lowest = lowest;
        this.answers.putAll(answers);
    }

    /** Returns the message id of the first request that was not answered. */
    public long lowest() {
        return lowest;
    }

    /** Tells whether no request was answered yet. */
    public boolean isUntouched() {
        return lowest == 0 && answers.isEmpty();
    }

    /** Returns what is remembered, by message id. */
    public Map<Long, Answer> answers() {
        return Map.copyOf(answers);
    }

    /** Returns the same without the answer to IKE_SA_INIT. */
    public Map<Long, Answer> protectedAnswers() {
        Map<Long, Answer> all = new TreeMap<>(answers);
        all.values().removeIf(Answer::isToFirst);
        return Map.copyOf(all);
    }

    /**
     * Tells whether a message id is one of a request that the peer may have under way and that was not answered.
     *
     * @param size of the window, 1 to {@link #SIZE}
     */
    public boolean admits(long messageId, int size) {
        return messageId >= lowest && messageId < lowest + size && !answers.containsKey(messageId);
    }

    /** Returns how a request was answered, while that is remembered. */
    public Optional<Answer> answer(long messageId) {
        return Optional.ofNullable(answers.get(messageId));
    }

    /**
     * Remembers an answer, and forgets those that the peer must have: it asks no further ahead than the window.
     *
     * @param size of the window, 1 to {@link #SIZE}
     */
    public void answered(long messageId, Answer answer, int size) {
        answers.put(messageId, answer);
        answers.headMap(answers.lastKey() - size, true).clear();
        while (answers.containsKey(lowest)) {
            lowest++;
        }
    }
}
