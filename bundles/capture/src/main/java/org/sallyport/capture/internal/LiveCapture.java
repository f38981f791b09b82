package org.sallyport.capture.internal;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapNativeException;
import org.sallyport.api.admin.CaptureCounters;
import org.sallyport.api.admin.CaptureInspection;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.PolicyListener;
import org.sallyport.api.policy.Spd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures on every interface and counts what people ask about: SYNs first and repeated, packets of protected flows in
 * clear and, where it is asked for, ESP by SPI. Interfaces that come and go are followed. Without libpcap it says what is missing, and the
 * rest of the appliance goes on.
 */
@Component(
        immediate = true,
        service = {CaptureInspection.class, PolicyListener.class},
        configurationPid = "org.sallyport.capture")
@Designate(ocd = CaptureConfiguration.class)
public final class LiveCapture implements CaptureInspection, PolicyListener {
    private static final Logger LOG = LoggerFactory.getLogger(LiveCapture.class);
    private static final int PARSER_QUEUE = 16_384;
    private static final int LOOK_FOR_INTERFACES_SECONDS = 1;
    private static final String INSTALL =
            "libpcap cannot be used: packets are not counted; install the package libpcap0.8";

    private final String interfaces;
    private final String innerInterface;
    private final boolean countEsp;
    private final BlockingQueue<InterfaceCapture.Frame> frames = new ArrayBlockingQueue<>(PARSER_QUEUE);
    private final AtomicLong queueDropped = new AtomicLong();
    private final Map<String, InterfaceCapture> captures = new HashMap<>();
    private final Map<String, String> failures = new TreeMap<>();
    private final Semaphore lookNow = new Semaphore(0);
    private final Thread follower =
            Thread.ofPlatform().name("capture-interfaces").daemon().unstarted(this::follow);
    private final Thread parser = Thread.ofPlatform()
            .name("capture-parser")
            .daemon()
            .priority(Thread.MIN_PRIORITY)
            .unstarted(this::parse);
    private volatile @Nullable Spd spd;
    private volatile Counters counters;
    private final AtomicBoolean refilter = new AtomicBoolean();
    private String chosenFilter = "";
    private boolean unavailable;

    @Activate
    public LiveCapture(CaptureConfiguration configuration) {
        this(configuration.interfaces(), configuration.inner_interface(), configuration.count_esp());
    }

    LiveCapture(String interfaces, String innerInterface, boolean countEsp) {
        this.interfaces = interfaces;
        this.innerInterface = innerInterface;
        this.countEsp = countEsp;
        counters = newCounters();
        parser.start();
        follower.start();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setSpd(Spd service) {
        spd = service;
    }

    void unsetSpd(Spd service) {
        if (spd == service) {
            spd = null;
        }
    }

    @Deactivate
    void stop() {
        follower.interrupt();
        parser.interrupt();
        synchronized (captures) {
            captures.values().forEach(InterfaceCapture::close);
            captures.clear();
        }
    }

    @Override
    public CaptureCounters counters() {
        synchronized (captures) {
            long dropped = queueDropped.get()
                    + captures.values().stream()
                            .mapToLong(InterfaceCapture::kernelDropped)
                            .sum();
            return counters.read(!captures.isEmpty(), description(), dropped, countEsp || !chosenFilter.isEmpty());
        }
    }

    private String description() {
        if (unavailable) {
            return INSTALL;
        }
        return String.join(", ", new TreeSet<>(captures.keySet()));
    }

    @Override
    public void restart(String filter) {
        synchronized (captures) {
            chosenFilter = filter;
            counters = newCounters();
            queueDropped.set(0);
            captures.values().forEach(InterfaceCapture::close);
            captures.clear();
            failures.clear();
        }
        lookNow.release();
    }

    @Override
    public void generationChanged(PolicyGeneration generation) {
        refilter.set(true);
        lookNow.release();
    }

    private void follow() {
        try {
            while (true) {
                if (refilter.getAndSet(false)) {
                    refilter();
                }
                followInterfaces();
                if (lookNow.tryAcquire(LOOK_FOR_INTERFACES_SECONDS, TimeUnit.SECONDS)) {
                    lookNow.drainPermits();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void refilter() {
        synchronized (captures) {
            captures.forEach((name, capture) -> {
                try {
                    capture.filter(filter(name));
                } catch (PcapNativeException | NotOpenException e) {
                    LOG.warn("capture on {} keeps its old filter: {}", name, e.getMessage());
                }
            });
        }
    }

    private Counters newCounters() {
        return new Counters(innerInterface, this::isProtected);
    }

    private boolean isProtected(Flow flow) {
        Spd policies = spd;
        if (policies == null) {
            return false;
        }
        PolicyGeneration generation = policies.current();
        return generation.judge(flow, Requester.UNKNOWN, Origin.HOST).action() == Action.PROTECT
                || generation
                                .judge(flow.reversed(), Requester.UNKNOWN, Origin.HOST)
                                .action()
                        == Action.PROTECT;
    }

    private String filter(String networkInterface) {
        if (!chosenFilter.isEmpty()) {
            return chosenFilter;
        }
        if (networkInterface.equals(innerInterface)) {
            return CaptureFilter.forInnerInterface();
        }
        Spd policies = spd;
        return CaptureFilter.forPolicies(
                policies == null ? List.of() : policies.current().policies(), countEsp);
    }

    private void followInterfaces() {
        synchronized (captures) {
            if (unavailable) {
                return;
            }
            captures.values().removeIf(capture -> {
                if (capture.hasEnded()) {
                    capture.close();
                }
                return capture.hasEnded();
            });
            for (String name : wanted()) {
                if (!captures.containsKey(name)) {
                    start(name);
                }
            }
        }
    }

    private void start(String name) {
        try {
            captures.put(name, InterfaceCapture.start(name, filter(name), frames, queueDropped));
            failures.remove(name);
        } catch (PcapNativeException | NotOpenException e) {
            if (!String.valueOf(e.getMessage()).equals(failures.put(name, String.valueOf(e.getMessage())))) {
                LOG.warn("no capture on {}: {}", name, e.getMessage());
            }
        } catch (LinkageError e) {
            unavailable = true;
            LOG.warn("{} ({})", INSTALL, e.toString());
        }
    }

    private Set<String> wanted() {
        Set<String> configured = new TreeSet<>();
        Arrays.stream(interfaces.split(",", -1))
                .map(String::trim)
                .filter(s -> !s.isEmpty())
                .forEach(configured::add);
        Set<String> present = new TreeSet<>();
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                boolean chosen = configured.isEmpty() ? !each.isLoopback() : configured.contains(each.getName());
                if (chosen && each.isUp()) {
                    present.add(each.getName());
                }
            }
        } catch (SocketException e) {
            LOG.debug("interfaces changed while they were listed", e);
        }
        return present;
    }

    private void parse() {
        try {
            while (true) {
                InterfaceCapture.Frame frame = frames.take();
                PacketParser.parse(frame.link(), frame.bytes())
                        .ifPresent(packet -> counters.count(frame.networkInterface(), packet));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
