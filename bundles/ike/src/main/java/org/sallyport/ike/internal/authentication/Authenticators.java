package org.sallyport.ike.internal.authentication;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.AuthenticationMethod;
import org.sallyport.api.authentication.CertificatePayload;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.authentication.CredentialSources;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.MethodAnnouncement;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.plugin.PluginCalls;
import org.sallyport.api.plugin.PluginFailedException;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.Outcome;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.eap.EapClient;
import org.sallyport.ike.internal.eap.EapConversation;
import org.sallyport.ike.internal.eap.EapServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what sessions ask about identities, by the methods that are there just now. Whatever a method throws or returns
 * harms the session that asked and no other; one that hangs keeps threads of its own. Thread safe.
 */
@Component(immediate = true, service = Authenticators.class)
public final class Authenticators {
    private static final Logger LOG = LoggerFactory.getLogger(Authenticators.class);
    /** Shorter than a session waits, so that it hears which method was silent. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    /** An announcement is a wish, and whoever is slow about it goes without. */
    private static final Duration ANNOUNCING = Duration.ofSeconds(1);

    private static final Duration REST = Duration.ofSeconds(10);

    private static final int MOST_AUTHORITIES = 200 * 20;
    private static final int MOST_METHODS = 32;

    private final Map<String, AuthenticationMethod> methods = new ConcurrentHashMap<>();
    private final Map<String, EapMethod> eapMethods = new ConcurrentHashMap<>();
    private final CredentialSources sources;
    private final PluginCalls calls = new PluginCalls(PATIENCE, Duration.ZERO);
    private final PluginCalls announcing = new PluginCalls(ANNOUNCING, REST);
    private final KeptAnnouncements announced = new KeptAnnouncements();

    @Activate
    public Authenticators(@Reference SecretSource secrets) {
        this(secrets, List.of());
    }

    /**
     * Makes authenticators without services.
     *
     * @param secrets opens shared keys
     * @param sources where passwords are
     */
    public Authenticators(SecretSource secrets, List<CredentialSource> sources) {
        this.sources = new CredentialSources(sources);
        methods.put(AuthenticationMethod.PSK, new SharedKeyMethod(secrets));
    }

    @Deactivate
    void stop() {
        calls.close();
        announcing.close();
        sources.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void bindMethod(AuthenticationMethod method, Map<String, Object> properties) {
        methods.put(String.valueOf(properties.get(AuthenticationMethod.NAME)), method);
        announced.forget();
    }

    public void unbindMethod(AuthenticationMethod method) {
        methods.values().remove(method);
        announced.forget();
        calls.gone(method);
        announcing.gone(method);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void bindEap(EapMethod method, Map<String, Object> properties) {
        eapMethods.put(String.valueOf(properties.get(EapMethod.NAME)), method);
    }

    public void unbindEap(EapMethod method) {
        eapMethods.values().remove(method);
        calls.gone(method);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void bindSource(CredentialSource source, Map<String, Object> properties) {
        sources.add(source, properties);
    }

    public void unbindSource(CredentialSource source) {
        sources.remove(source);
    }

    // ---- questions ----

    /** Answers what needs nobody else: by a shared key, or what was announced a moment ago. Empty for everything else. */
    public Optional<Outcome> atOnce(Question.Authentication<?> question) {
        return switch (question) {
            case Question.Announce announce -> announced.to(announce.peers()).map(Outcome.Value::new);
            case Question.Prove prove
            when byKey(prove.request().peer().localAuthentication()) -> Optional.of(answer(question));
            case Question.Verify verify
            when byKey(verify.claim().peer().remoteAuthentication()) -> Optional.of(answer(question));
            default -> Optional.empty();
        };
    }

    private boolean byKey(String method) {
        return methods.get(method) instanceof SharedKeyMethod;
    }

    /** Answers; may block. */
    public Outcome answer(Question.Authentication<?> question) {
        try {
            return new Outcome.Value(
                    switch (question) {
                        case Question.Announce announce -> announced.keep(announce.peers(), announce(announce.peers()));
                        case Question.Prove prove -> {
                            String name = prove.request().peer().localAuthentication();
                            AuthenticationMethod method = method(name);
                            yield call(method, name, () -> method.prove(prove.request()));
                        }
                        case Question.Verify verify -> {
                            String name = verify.claim().peer().remoteAuthentication();
                            AuthenticationMethod method = method(name);
                            yield call(method, name, () -> method.verify(verify.claim()));
                        }
                        case Question.OpenEap open -> open(open);
                        case Question.ContinueEap next ->
                            next.message().length() == 0
                                    ? next.conversation().first()
                                    : next.conversation().next(next.message());
                    });
        } catch (AuthenticationException e) {
            return new Outcome.Failure(e.reason());
        } catch (PluginFailedException e) {
            return new Outcome.Failure(e.reason());
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOG.error("an authentication method failed", e);
            return new Outcome.Failure(Reason.of(ReasonCode.INTERNAL_ERROR, e.toString()));
        }
    }

    /** What comes with this bundle is called as it is, everything else at arm's length. */
    private <T> T call(Object plugin, String name, Callable<? extends T> call)
            throws AuthenticationException, PluginFailedException {
        if (plugin instanceof SharedKeyMethod) {
            return ours(call);
        }
        return calls.call(plugin, words(name), AuthenticationException.class, call);
    }

    private static <T> T ours(Callable<? extends T> call) throws AuthenticationException {
        try {
            return call.call();
        } catch (AuthenticationException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a shared key throws nothing else", e);
        }
    }

    private static String words(String name) {
        return "authentication method \"" + name + "\"";
    }

    private AuthenticationMethod method(String name) throws AuthenticationException {
        AuthenticationMethod method = methods.get(name);
        if (method == null) {
            throw absent(name);
        }
        return method;
    }

    private static AuthenticationException absent(String name) {
        return new AuthenticationException(
                Reason.of(ReasonCode.CAPABILITY_ABSENT, words(name), "install or start the bundle that provides it"));
    }

    // ---- announcements ----

    private Announcement announce(List<PadEntry> peers) {
        Map<Integer, Set<List<Byte>>> seen = new TreeMap<>();
        Map<Integer, java.io.ByteArrayOutputStream> requests = new LinkedHashMap<>();
        Set<MethodAnnouncement> accepted = new LinkedHashSet<>();
        for (PadEntry peer : peers) {
            if (EapMethod.named(peer.remoteAuthentication())) {
                continue;
            }
            try {
                String name = peer.remoteAuthentication();
                AuthenticationMethod method = method(name);
                Announcement one = announcing.call(
                        method, words(name), AuthenticationException.class, () -> method.announce(peer));
                one.methods().stream()
                        .limit(Math.max(0, MOST_METHODS - accepted.size()))
                        .forEach(accepted::add);
                one.certificateRequests().forEach(r -> merge(r, seen, requests));
            } catch (AuthenticationException | PluginFailedException e) {
                LOG.debug("nothing is announced to {}: {}", peer, e.getMessage());
            }
        }
        List<CertificatePayload> merged = new ArrayList<>();
        requests.forEach((encoding, data) -> merged.add(
                new CertificatePayload(encoding, org.sallyport.api.authentication.Octets.of(data.toByteArray()))));
        return new Announcement(Set.of(), merged, List.copyOf(accepted));
    }

    /** Several peers' authorities go into one CERTREQ for each encoding, each once. */
    private static void merge(
            CertificatePayload request,
            Map<Integer, Set<List<Byte>>> seen,
            Map<Integer, java.io.ByteArrayOutputStream> requests) {
        byte[] data = request.data().toArray();
        var out = requests.computeIfAbsent(request.encoding(), e -> new java.io.ByteArrayOutputStream());
        for (int at = 0; at + 20 <= data.length && out.size() < MOST_AUTHORITIES; at += 20) {
            List<Byte> hash = new ArrayList<>();
            for (int i = at; i < at + 20; i++) {
                hash.add(data[i]);
            }
            if (seen.computeIfAbsent(request.encoding(), e -> new LinkedHashSet<>())
                    .add(hash)) {
                out.write(data, at, 20);
            }
        }
    }

    // ---- EAP ----

    private EapConversation open(Question.OpenEap open) throws AuthenticationException, PluginFailedException {
        PadEntry peer = open.peer();
        String name = open.server() ? peer.remoteAuthentication() : peer.localAuthentication();
        EapMethod method = eapMethods.get(name);
        if (method == null) {
            throw absent(name);
        }
        if (open.alone() && !call(method, name, method::standsAlone)) {
            throw new AuthenticationException(Reason.of(
                    ReasonCode.AUTHENTICATION_METHOD_UNEXPECTED,
                    peer.connection(),
                    name + " alone, by which passwords can be guessed (RFC 5998)",
                    "no signature of the responder: set local-auth or remote-auth = pubkey"));
        }
        EapConversation conversation =
                open.server() ? new EapServer(peer, method, sources) : new EapClient(peer, method, sources);
        return new GuardedEap(conversation, method, words(name), calls);
    }
}
