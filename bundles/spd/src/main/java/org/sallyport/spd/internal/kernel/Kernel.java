package org.sallyport.spd.internal.kernel;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.sallyport.api.admin.ChildSaView.Traffic;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.netlink.AddressInfo;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.netlink.LinkInfo;
import org.sallyport.linux.netlink.Route;
import org.sallyport.linux.netlink.RouteAnswer;
import org.sallyport.linux.netlink.RouteQuery;
import org.sallyport.linux.netlink.RouteType;
import org.sallyport.linux.netlink.Rtnetlink;
import org.sallyport.linux.netlink.Rule;
import org.sallyport.linux.tun.PersistentTun;
import org.sallyport.linux.tun.TunSpec;
import org.sallyport.linux.udp.ApplianceMark;

/**
 * Puts plans in force in the network namespace of the thread that opened it, and finds out what of one no longer stands.
 * Needs CAP_NET_ADMIN. Not thread safe; every call from a thread of the same namespace.
 */
public final class Kernel implements AutoCloseable {
    private final Rtnetlink routing;
    private final StandingGuard guard = new StandingGuard();

    private Kernel(Rtnetlink routing) {
        this.routing = routing;
    }

    /** Opens it in the calling thread's network namespace. */
    public static Kernel open() {
        return new Kernel(Rtnetlink.open());
    }

    /** Looks at this host. */
    LocalFacts facts() {
        List<InetAddress> addresses = routing.addresses().stream()
                .map(AddressInfo::address)
                .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress())
                .distinct()
                .toList();
        return new LocalFacts(addresses, this::routedSource);
    }

    /** Returns every address of this host. */
    public Set<InetAddress> addresses() {
        return routing.addresses().stream().map(AddressInfo::address).collect(Collectors.toUnmodifiableSet());
    }

    private Optional<InetAddress> routedSource(InetAddress destination) {
        return routing.lookup(
                        RouteQuery.to(destination).mark(ApplianceMark.VALUE).build())
                .flatMap(RouteAnswer::source);
    }

    /** Puts everything in force that the next plan demands beyond the one before; nothing is loosened yet. */
    void tighten(KernelPlan next, KernelPlan before) {
        guard.tighten(before.guard(), next.guard());
        divert(next.divert());
    }

    /** Puts the plan in force, and nothing else. */
    void settle(KernelPlan plan) {
        divert(plan.divert());
        guard.settle(plan.guard());
    }

    /** Restores what of the plan, settled before, no longer stands; returns what that was. */
    Set<Part> repair(KernelPlan plan) {
        Set<Part> repaired = EnumSet.noneOf(Part.class);
        if (plan.guard().isPresent() && guard.repair(plan.guard().get())) {
            repaired.add(Part.GUARD);
        }
        repaired.addAll(divert(plan.divert()));
        return repaired;
    }

    /** Removes everything of ours. */
    public void clean() {
        divert(KernelPlan.NONE.divert());
        routing.link(TunSpec.PROTECTED).ifPresent(link -> routing.deleteLink(link.index()));
        guard.remove();
    }

    /** Tells whether a guard stands, ours or one that an earlier process left. */
    public boolean guardStands() {
        return !guard.asItStands().isEmpty();
    }

    /** Returns what the guard counted for each policy, by its name. */
    Map<String, Traffic> counted() {
        return guard.counted();
    }

    /** Describes what of ours stands, for people. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        routing.link(TunSpec.PROTECTED)
                .ifPresentOrElse(
                        link -> lines.add("tun " + link.name() + (link.up() ? " up" : " down") + " mtu " + link.mtu()),
                        () -> lines.add("tun " + TunSpec.PROTECTED + " absent"));
        ourRules().forEach(rule -> lines.add("rule " + rule));
        ourRoutes().forEach(route -> lines.add("route " + route));
        String text = guard.asItStands();
        lines.add(text.isEmpty() ? "guard absent" : "guard\n" + text.stripTrailing());
        return lines;
    }

    /** Routes before the rules that lead to them; what is new before what goes. */
    private Set<Part> divert(DivertPlan plan) {
        Set<Part> changed = EnumSet.noneOf(Part.class);
        if (!plan.tables().isEmpty() && standTun()) {
            changed.add(Part.TUN);
        }
        if (addRoutes(plan)) {
            changed.add(Part.ROUTES);
        }
        List<Rule> standing = ourRules();
        Set<Rule> missing = new java.util.LinkedHashSet<>(plan.rules().reversed());
        standing.forEach(missing::remove);
        missing.forEach(rule -> tolerate(ErrnoNames.EEXIST, () -> routing.addRule(rule)));
        Set<Rule> wanted = new HashSet<>(plan.rules());
        List<Rule> surplus = standing.stream().filter(r -> !wanted.contains(r)).toList();
        surplus.forEach(rule -> tolerate(ErrnoNames.ENOENT, () -> routing.deleteRule(rule)));
        if (!missing.isEmpty() || !surplus.isEmpty()) {
            changed.add(Part.RULES);
        }
        if (removeRoutes(plan)) {
            changed.add(Part.ROUTES);
        }
        return changed;
    }

    /** Gives the TUN device addresses that it has not; returns whether there were any. */
    boolean addAddresses(Set<InetAddress> wanted) {
        if (wanted.isEmpty()) {
            return false;
        }
        standTun();
        Optional<LinkInfo> link = routing.link(TunSpec.PROTECTED);
        Set<InetAddress> missing = new HashSet<>(wanted);
        missing.removeAll(addresses());
        link.ifPresent(tun -> missing.forEach(
                address -> tolerate(ErrnoNames.EEXIST, () -> routing.addAddress(ofHost(tun, address)))));
        return !missing.isEmpty();
    }

    /** Takes every other address of a host from the TUN device. */
    void keepAddresses(Set<InetAddress> kept) {
        routing.link(TunSpec.PROTECTED).ifPresent(tun -> routing.addresses().stream()
                .filter(a -> a.linkIndex() == tun.index() && a.equals(ofHost(tun, a.address())))
                .filter(a -> !kept.contains(a.address()))
                .forEach(a -> tolerate(ErrnoNames.EADDRNOTAVAIL, () -> routing.deleteAddress(a))));
    }

    private static AddressInfo ofHost(LinkInfo tun, InetAddress address) {
        return new AddressInfo(tun.index(), address, Family.of(address).bits());
    }

    private boolean standTun() {
        Optional<LinkInfo> link = routing.link(TunSpec.PROTECTED);
        if (link.isEmpty()) {
            PersistentTun.make(TunSpec.standard(1));
            return true;
        }
        if (!link.get().up()) {
            routing.setUp(link.get().index(), true);
            return true;
        }
        return false;
    }

    private List<Route> wantedRoutes(DivertPlan plan) {
        Optional<LinkInfo> link = routing.link(TunSpec.PROTECTED);
        return plan.tables().stream()
                .flatMap(table -> table.routes(link.map(LinkInfo::index).orElse(0)).stream())
                .filter(route -> link.isPresent() || route.type() == RouteType.UNREACHABLE)
                .toList();
    }

    private boolean addRoutes(DivertPlan plan) {
        List<Route> standing = ourRoutes();
        List<Route> missing =
                wantedRoutes(plan).stream().filter(r -> !standing.contains(r)).toList();
        missing.forEach(this::addRoute);
        return !missing.isEmpty();
    }

    /** Where IPv6 is switched off, on the TUN device or altogether, "unreachable" is all that can stand, and suffices. */
    private void addRoute(Route route) {
        try {
            routing.replaceRoute(route);
        } catch (LinuxException e) {
            boolean ipv6IsOff = route.destination().family() == Family.IPV6
                    && (e.errno() == ErrnoNames.EACCES || e.errno() == ErrnoNames.EOPNOTSUPP);
            if (!ipv6IsOff) {
                throw e;
            }
        }
    }

    private boolean removeRoutes(DivertPlan plan) {
        List<Route> wanted = wantedRoutes(plan);
        List<Route> surplus =
                ourRoutes().stream().filter(r -> !wanted.contains(r)).toList();
        surplus.forEach(route -> tolerate(ErrnoNames.ESRCH, () -> routing.deleteRoute(route)));
        return !surplus.isEmpty();
    }

    private List<Rule> ourRules() {
        List<Rule> rules = new ArrayList<>();
        for (Family family : Family.values()) {
            routing.rules(family).stream()
                    .filter(r -> r.protocol() == DivertPlan.PROTOCOL)
                    .forEach(rules::add);
        }
        return rules;
    }

    private List<Route> ourRoutes() {
        List<Route> routes = new ArrayList<>();
        for (Family family : Family.values()) {
            routes.addAll(routing.routesOf(family, DivertPlan.PROTOCOL));
        }
        return routes;
    }

    /** Somebody else may have been there between looking and acting; then what we want is so already. */
    private static void tolerate(int errno, Runnable action) {
        try {
            action.run();
        } catch (LinuxException e) {
            if (e.errno() != errno) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        guard.close();
        routing.close();
    }
}
