package org.sallyport.ike.internal.core.task;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ConfigurationAttribute;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.Payload;

/** Host configurations as configuration payloads (RFC 7296 section 3.15, RFC 8598 section 4). */
final class ConfigurationPayloads {
    static final int IP4_ADDRESS = 1;
    static final int IP4_DNS = 3;
    static final int IP6_ADDRESS = 8;
    static final int IP6_DNS = 10;
    static final int IP4_SUBNET = 13;
    static final int IP6_SUBNET = 15;
    static final int DNS_DOMAIN = 25;

    /** Of each kind no more is believed. */
    private static final int MOST = 64;

    private static final int IP4 = 4;
    private static final int IP6 = 16;
    private static final byte HOST_PREFIX = (byte) 128;
    private static final InetAddress ANY_IP4 = Addresses.of(new byte[IP4]);
    private static final InetAddress ANY_IP6 = Addresses.of(new byte[IP6]);
    private static final Pattern DOMAIN = Pattern.compile("(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*");

    private ConfigurationPayloads() {}

    /** Finds what a message says of one type. */
    static Optional<Payload.Configuration> find(IkeMessage message, int configType) {
        return message.all(Payload.Configuration.class)
                .filter(c -> c.configType() == configType)
                .findFirst();
    }

    /** Returns a CFG_REQUEST for addresses, one of each family, and for what else there is to know. */
    static Payload.Configuration request(List<InetAddress> wanted) {
        List<ConfigurationAttribute> attributes = new ArrayList<>();
        for (InetAddress each : wanted) {
            boolean ipv4 = Addresses.isIpv4(each);
            Bytes like = each.isAnyLocalAddress() ? Bytes.EMPTY : address(each);
            attributes.add(new ConfigurationAttribute(ipv4 ? IP4_ADDRESS : IP6_ADDRESS, like));
            attributes.add(empty(ipv4 ? IP4_DNS : IP6_DNS));
            attributes.add(empty(ipv4 ? IP4_SUBNET : IP6_SUBNET));
        }
        attributes.add(empty(DNS_DOMAIN));
        return new Payload.Configuration(Payload.Configuration.REQUEST, attributes);
    }

    /** Returns what a CFG_REQUEST wants: one address of each family that it names, an unspecified one for any. */
    static List<InetAddress> wanted(Payload.Configuration request) {
        List<InetAddress> wanted = new ArrayList<>();
        wanted(request, IP4_ADDRESS, IP4, ANY_IP4).ifPresent(wanted::add);
        wanted(request, IP6_ADDRESS, IP6, ANY_IP6).ifPresent(wanted::add);
        return wanted;
    }

    private static Optional<InetAddress> wanted(
            Payload.Configuration request, int type, int octets, InetAddress otherwise) {
        return request.attributes().stream()
                .filter(a -> a.type() == type)
                .findFirst()
                .map(a -> address(a, octets).orElse(otherwise));
    }

    /** Returns the CFG_REPLY to a request; domains are told to who asks for them alone (RFC 8598 section 4.1). */
    static Payload.Configuration reply(HostConfiguration given, Payload.Configuration request) {
        List<ConfigurationAttribute> attributes = new ArrayList<>();
        given.addresses()
                .forEach(a -> attributes.add(
                        new ConfigurationAttribute(Addresses.isIpv4(a) ? IP4_ADDRESS : IP6_ADDRESS, address(a))));
        given.dnsServers()
                .forEach(a -> attributes.add(
                        new ConfigurationAttribute(Addresses.isIpv4(a) ? IP4_DNS : IP6_DNS, Bytes.of(a.getAddress()))));
        given.subnets()
                .forEach(s ->
                        attributes.add(new ConfigurationAttribute(s.isIpv4() ? IP4_SUBNET : IP6_SUBNET, subnet(s))));
        if (request.attributes().stream().anyMatch(a -> a.type() == DNS_DOMAIN)) {
            given.domains().forEach(d -> attributes.add(new ConfigurationAttribute(DNS_DOMAIN, Bytes.ofText(d))));
        }
        return new Payload.Configuration(Payload.Configuration.REPLY, attributes);
    }

    /**
     * Reads a CFG_REPLY. The first address of each family that was asked for is taken; what cannot be read is passed over.
     */
    static HostConfiguration read(Payload.Configuration reply, List<InetAddress> wanted) {
        List<InetAddress> addresses = wanted.stream()
                .flatMap(w -> each(
                                reply,
                                Addresses.isIpv4(w) ? IP4_ADDRESS : IP6_ADDRESS,
                                a -> address(a, Addresses.isIpv4(w) ? IP4 : IP6))
                        .stream()
                        .filter(ConfigurationPayloads::isHost)
                        .limit(1))
                .toList();
        List<InetAddress> dns = new ArrayList<>(each(reply, IP4_DNS, a -> address(a, IP4)));
        dns.addAll(each(reply, IP6_DNS, a -> address(a, IP6)));
        List<AddressRange> subnets = new ArrayList<>(each(reply, IP4_SUBNET, ConfigurationPayloads::subnet4));
        subnets.addAll(each(reply, IP6_SUBNET, ConfigurationPayloads::subnet6));
        return new HostConfiguration(addresses, dns, subnets, each(reply, DNS_DOMAIN, ConfigurationPayloads::domain));
    }

    private static <T> List<T> each(
            Payload.Configuration reply, int type, Function<ConfigurationAttribute, Optional<T>> read) {
        return reply.attributes().stream()
                .filter(a -> a.type() == type)
                .flatMap(a -> read.apply(a).stream())
                .distinct()
                .limit(MOST)
                .toList();
    }

    private static boolean isHost(InetAddress address) {
        return !address.isAnyLocalAddress()
                && !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isMulticastAddress();
    }

    // ---- values ----

    private static ConfigurationAttribute empty(int type) {
        return new ConfigurationAttribute(type, Bytes.EMPTY);
    }

    /** An IPv6 address goes with the length of a prefix, which is that of a host. */
    private static Bytes address(InetAddress address) {
        byte[] octets = address.getAddress();
        if (octets.length == IP4) {
            return Bytes.of(octets);
        }
        byte[] value = Arrays.copyOf(octets, IP6 + 1);
        value[IP6] = HOST_PREFIX;
        return Bytes.of(value);
    }

    /** Some leave the prefix length of an IPv6 address out, some bring one with a DNS server. */
    private static Optional<InetAddress> address(ConfigurationAttribute attribute, int octets) {
        int length = attribute.value().length();
        boolean fits = length == octets || (octets == IP6 && length == IP6 + 1);
        return fits ? Optional.of(Addresses.of(Arrays.copyOf(attribute.value().toArray(), octets))) : Optional.empty();
    }

    private static Bytes subnet(AddressRange subnet) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.writeBytes(subnet.first().getAddress());
        int prefix = subnet.prefixLength().orElseThrow();
        if (subnet.isIpv4()) {
            value.writeBytes(Addresses.of(true, 0, mask(prefix)).getAddress());
        } else {
            value.write(prefix);
        }
        return Bytes.of(value.toByteArray());
    }

    private static long mask(int prefix) {
        return 0xffff_ffffL << (32 - prefix) & 0xffff_ffffL;
    }

    private static Optional<AddressRange> subnet4(ConfigurationAttribute attribute) {
        byte[] value = attribute.value().toArray();
        if (value.length != 2 * IP4) {
            return Optional.empty();
        }
        long mask = Addresses.low(Addresses.of(Arrays.copyOfRange(value, IP4, 2 * IP4)));
        int prefix = Long.bitCount(mask);
        return mask == mask(prefix) ? subnet(Arrays.copyOf(value, IP4), prefix) : Optional.empty();
    }

    private static Optional<AddressRange> subnet6(ConfigurationAttribute attribute) {
        byte[] value = attribute.value().toArray();
        int prefix = value.length == IP6 + 1 ? value[IP6] & 0xff : -1;
        return prefix >= 0 && prefix <= 128 ? subnet(Arrays.copyOf(value, IP6), prefix) : Optional.empty();
    }

    private static Optional<AddressRange> subnet(byte[] address, int prefix) {
        return Optional.of(AddressRange.parse(Addresses.of(address).getHostAddress() + "/" + prefix));
    }

    private static Optional<String> domain(ConfigurationAttribute attribute) {
        String text = new String(attribute.value().toArray(), StandardCharsets.US_ASCII);
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        return Optional.of(name).filter(n -> DOMAIN.matcher(n).matches());
    }
}
