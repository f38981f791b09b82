package org.sallyport.api.plugin;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of plugins whose answer is waited for. Each plugin has threads of its own, of which the system shares out the
 * processors: one that hangs, or computes for ever, keeps those, and a bounded number of callers for a bounded time.
 * Thread safe.
 */
public final class PluginCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginCalls.class);

    private static final int MOST_THREADS = 32;
    private static final int MOST_WAITING = 512;
    private static final long IDLE_SECONDS = 10;

    private final Map<Object, ThreadPoolExecutor> pools = new ConcurrentHashMap<>();
    private final Map<Object, Long> silentUntil = new ConcurrentHashMap<>();
    private final Duration limit;
    private final Duration rest;

    /**
     * Makes calls that may take some time.
     *
     * @param limit how long; whatever takes longer is interrupted
     * @param rest for how long a plugin that took longer is not called again: for calls without which the caller goes on
     */
    public PluginCalls(Duration limit, Duration rest) {
        this.limit = limit;
        this.rest = rest;
    }

    /**
     * Calls a plugin and waits for what it answers.
     *
     * @param plugin whose call it is
     * @param words which plugin that is, for people
     * @param expected what the call itself may throw: passed on
     * @throws PluginFailedException when it throws something else, answers null or does not answer in time
     */
    public <T, X extends Exception> T call(Object plugin, String words, Class<X> expected, Callable<? extends T> call)
            throws X, PluginFailedException {
        if (resting(plugin)) {
            throw new PluginFailedException(words, "did not answer just now, and is not asked again for a while");
        }
        FutureTask<T> task = new FutureTask<>(call::call);
        ThreadPoolExecutor pool = pools.computeIfAbsent(plugin, p -> pool(words));
        try {
            pool.execute(task);
            T answer = task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (answer == null) {
                throw new PluginFailedException(words, "answered nothing");
            }
            return answer;
        } catch (RejectedExecutionException e) {
            throw new PluginFailedException(words, "has " + MOST_WAITING + " unanswered calls, or has stopped");
        } catch (TimeoutException e) {
            silentUntil.put(plugin, System.nanoTime() + rest.toNanos());
            LOG.warn("{} did not answer within {} ms", words, limit.toMillis());
            throw new PluginFailedException(words, "did not answer within " + limit.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PluginFailedException(words, "was interrupted");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (expected.isInstance(cause)) {
                throw expected.cast(cause);
            }
            LOG.error("{} threw", words, cause);
            throw new PluginFailedException(words, "threw " + cause);
        } finally {
            task.cancel(true);
            pool.remove(task);
        }
    }

    private boolean resting(Object plugin) {
        Long until = silentUntil.get(plugin);
        return until != null && until - System.nanoTime() > 0;
    }

    private static ThreadPoolExecutor pool(String words) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                MOST_THREADS,
                MOST_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MOST_WAITING),
                Thread.ofPlatform().daemon().name(words + " ", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** A plugin has stopped: calls that are under way are interrupted. */
    public void gone(Object plugin) {
        silentUntil.remove(plugin);
        ThreadPoolExecutor pool = pools.remove(plugin);
        if (pool != null) {
            pool.shutdownNow();
        }
    }

    @Override
    public void close() {
        pools.keySet().forEach(this::gone);
    }
}
