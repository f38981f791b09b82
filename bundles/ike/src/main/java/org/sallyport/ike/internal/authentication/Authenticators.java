package org.sallyport.ike.internal.authentication;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.AuthenticationMethod;
import org.sallyport.api.authentication.CertificatePayload;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.MethodAnnouncement;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.core.Outcome;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.eap.EapClient;
import org.sallyport.ike.internal.eap.EapConversation;
import org.sallyport.ike.internal.eap.EapServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what sessions ask about identities, by the methods that are there just now. Whatever a method throws or returns
 * harms the session that asked and no other; one that hangs keeps a bounded number of calls. Thread safe.
 */
@Component(immediate = true, service = Authenticators.class)
public final class Authenticators {
    private static final Logger LOG = LoggerFactory.getLogger(Authenticators.class);
    /** Calls of one method that may be under way; more mean that it hangs. */
    private static final int MOST_CALLS = 512;

    private static final int MOST_AUTHORITIES = 200 * 20;

    private final Map<String, AuthenticationMethod> methods = new ConcurrentHashMap<>();
    private final Map<String, EapMethod> eapMethods = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<ServiceReference<CredentialSource>, CredentialSource> sources =
            new ConcurrentSkipListMap<>(java.util.Comparator.reverseOrder());
    private final Map<Object, Semaphore> calls = new ConcurrentHashMap<>();
    private final List<CredentialSource> builtIn;

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
        this.builtIn = List.copyOf(sources);
        methods.put(AuthenticationMethod.PSK, new SharedKeyMethod(secrets));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void bindMethod(AuthenticationMethod method, Map<String, Object> properties) {
        methods.put(String.valueOf(properties.get(AuthenticationMethod.NAME)), method);
    }

    public void unbindMethod(AuthenticationMethod method) {
        methods.values().remove(method);
        calls.remove(method);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void bindEap(EapMethod method, Map<String, Object> properties) {
        eapMethods.put(String.valueOf(properties.get(EapMethod.NAME)), method);
    }

    public void unbindEap(EapMethod method) {
        eapMethods.values().remove(method);
        calls.remove(method);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindSource(CredentialSource source, ServiceReference<CredentialSource> reference) {
        sources.put(reference, source);
    }

    void unbindSource(CredentialSource source, ServiceReference<CredentialSource> reference) {
        sources.remove(reference);
    }

    // ---- questions ----

    /** Answers; may block. */
    public Outcome answer(Question.Authentication<?> question) {
        try {
            return new Outcome.Value(
                    switch (question) {
                        case Question.Announce announce -> announce(announce.peers());
                        case Question.Prove prove -> {
                            PadEntry peer = prove.request().peer();
                            AuthenticationMethod method = method(peer.localAuthentication());
                            yield bounded(method, () -> method.prove(prove.request()));
                        }
                        case Question.Verify verify -> {
                            PadEntry peer = verify.claim().peer();
                            AuthenticationMethod method = method(peer.remoteAuthentication());
                            yield bounded(method, () -> method.verify(verify.claim()));
                        }
                        case Question.OpenEap open -> open(open);
                        case Question.ContinueEap next -> go(next);
                    });
        } catch (AuthenticationException e) {
            return new Outcome.Failure(e.reason());
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOG.error("an authentication method failed", e);
            return new Outcome.Failure(Reason.of(ReasonCode.INTERNAL_ERROR, e.toString()));
        }
    }

    private interface Call<T> {
        T call() throws AuthenticationException;
    }

    private <T> T bounded(Object whose, Call<T> call) throws AuthenticationException {
        Semaphore permits = calls.computeIfAbsent(whose, w -> new Semaphore(MOST_CALLS));
        if (!permits.tryAcquire()) {
            throw new AuthenticationException(
                    Reason.of(ReasonCode.LIMIT_REACHED, "calls under way of an authentication method", MOST_CALLS));
        }
        try {
            return java.util.Objects.requireNonNull(call.call(), "an authentication method answered nothing");
        } finally {
            permits.release();
        }
    }

    private AuthenticationMethod method(String name) throws AuthenticationException {
        AuthenticationMethod method = methods.get(name);
        if (method == null) {
            throw absent(name);
        }
        return method;
    }

    private static AuthenticationException absent(String name) {
        return new AuthenticationException(Reason.of(
                ReasonCode.CAPABILITY_ABSENT,
                "authentication method \"" + name + "\"",
                "start the bundle that provides it"));
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
                AuthenticationMethod method = method(peer.remoteAuthentication());
                Announcement one = bounded(method, () -> method.announce(peer));
                accepted.addAll(one.methods());
                one.certificateRequests().forEach(r -> merge(r, seen, requests));
            } catch (AuthenticationException e) {
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

    private EapConversation open(Question.OpenEap open) throws AuthenticationException {
        PadEntry peer = open.peer();
        String name = open.server() ? peer.remoteAuthentication() : peer.localAuthentication();
        EapMethod method = eapMethods.get(name);
        if (method == null) {
            throw absent(name);
        }
        if (open.alone() && !method.standsAlone()) {
            throw new AuthenticationException(Reason.of(
                    ReasonCode.AUTHENTICATION_METHOD_UNEXPECTED,
                    peer.connection(),
                    name + " alone, by which passwords can be guessed (RFC 5998)",
                    "no signature of the responder: set local-auth or remote-auth = pubkey"));
        }
        return open.server()
                ? new EapServer(peer, method, new Passwords())
                : new EapClient(peer, method, new Passwords());
    }

    private EapConversation.Turn go(Question.ContinueEap next) throws AuthenticationException {
        EapConversation conversation = next.conversation();
        return bounded(
                conversation.owner(),
                () -> next.message().length() == 0 ? conversation.first() : conversation.next(next.message()));
    }

    /** Every source in the order of their ranking. */
    private final class Passwords implements CredentialSource {
        @Override
        public Optional<SecretBytes> password(PadEntry peer, String user) throws AuthenticationException {
            List<CredentialSource> all = new ArrayList<>(sources.values());
            all.addAll(builtIn);
            for (CredentialSource source : all) {
                Optional<SecretBytes> found = source.password(peer, user);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }
    }
}
