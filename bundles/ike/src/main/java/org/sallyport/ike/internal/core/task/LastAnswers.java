package org.sallyport.ike.internal.core.task;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.state.RequestWindow;
import org.sallyport.ike.internal.message.Bytes;

/**
 * What IKE SAs that are over answered last, for a peer that did not get it and asks again (RFC 7296 section 2.1): so that
 * none has to be kept for that. Bounded; used by one thread at a time.
 */
final class LastAnswers {
    static final int MOST_IKE_SAS = 16_384;

    private record Left(Map<Long, RequestWindow.Answer> answers, long until) {}

    private final Map<Long, Left> bySpi = new LinkedHashMap<>();

    /**
     * Remembers answers by message id.
     *
     * @param until boot time in nanoseconds
     */
    void remember(long localSpi, Map<Long, RequestWindow.Answer> answers, long until, long now) {
        bySpi.put(localSpi, new Left(answers, until));
        forget(now);
    }

    /** Returns the answer to an identical request; one datagram, or its fragments one behind the other. */
    Optional<Bytes> again(long localSpi, long messageId, Bytes request, long now) {
        forget(now);
        return Optional.ofNullable(bySpi.get(localSpi))
                .flatMap(left -> Optional.ofNullable(left.answers().get(messageId)))
                .filter(answer -> answer.digest().equals(IkeSa.digest(request)))
                .map(RequestWindow.Answer::response);
    }

    private void forget(long now) {
        Iterator<Left> eldest = bySpi.values().iterator();
        while (eldest.hasNext()) {
            boolean over = eldest.next().until() <= now;
            if (!over && bySpi.size() <= MOST_IKE_SAS) {
                return;
            }
            eldest.remove();
        }
    }
}
