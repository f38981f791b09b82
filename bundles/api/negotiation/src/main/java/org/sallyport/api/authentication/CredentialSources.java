package org.sallyport.api.authentication;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.plugin.PluginCalls;
import org.sallyport.api.plugin.PluginFailedException;
import org.sallyport.api.secret.SecretBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every credential source there is, for authentication methods: asked in the order of their service ranking, and the first
 * that has what is asked for is believed. One that throws anything but {@link AuthenticationException}, answers null or
 * takes longer than a second has nothing; it is logged, and one that was too slow is not asked again for ten seconds.
 * Thread safe.
 */
public final class CredentialSources implements CredentialSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialSources.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration REST = Duration.ofSeconds(10);

    private record Entry(CredentialSource source, int ranking, long number) {
        String words() {
            return "credential source " + source.getClass().getName();
        }
    }

    private interface Question<T> {
        Optional<T> ask(CredentialSource source) throws AuthenticationException;
    }

    private static final Comparator<Entry> BEST_FIRST =
            Comparator.comparingInt(Entry::ranking).reversed().thenComparingLong(Entry::number);

    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private final List<CredentialSource> last;
    private final PluginCalls calls = new PluginCalls(PATIENCE, REST);

    /**
     * Starts without services.
     *
     * @param last asked after all others, and trusted to answer
     */
    public CredentialSources(List<CredentialSource> last) {
        this.last = List.copyOf(last);
    }

    /**
     * A source came.
     *
     * @param properties of its service
     */
    public synchronized void add(CredentialSource source, Map<String, Object> properties) {
        int ranking = properties.get("service.ranking") instanceof Integer r ? r : 0;
        long number = properties.get("service.id") instanceof Long id ? id : Long.MAX_VALUE;
        entries.add(new Entry(source, ranking, number));
        entries.sort(BEST_FIRST);
    }

    /** A source went. */
    public synchronized void remove(CredentialSource source) {
        entries.removeIf(e -> e.source() == source);
        calls.gone(source);
    }

    @Override
    public Optional<OwnKey> ownKey(PadEntry peer) throws AuthenticationException {
        return first(source -> source.ownKey(peer));
    }

    @Override
    public Optional<Trust> trust(PadEntry peer) throws AuthenticationException {
        return first(source -> source.trust(peer));
    }

    @Override
    public Optional<SecretBytes> password(PadEntry peer, String user) throws AuthenticationException {
        return first(source -> source.password(peer, user));
    }

    private <T> Optional<T> first(Question<T> question) throws AuthenticationException {
        for (Entry entry : entries) {
            Optional<T> found = carefully(entry, question);
            if (found.isPresent()) {
                return found;
            }
        }
        for (CredentialSource source : last) {
            Optional<T> found = question.ask(source);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private <T> Optional<T> carefully(Entry entry, Question<T> question) throws AuthenticationException {
        try {
            return calls.call(
                    entry.source(), entry.words(), AuthenticationException.class, () -> question.ask(entry.source()));
        } catch (PluginFailedException e) {
            LOG.debug("what {} has is not used: {}", entry.words(), e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
