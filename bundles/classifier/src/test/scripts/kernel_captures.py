#!/usr/bin/env python3
"""Writes src/test/resources/captures/kernel.{sas,inner,pcap}: what a Linux kernel's ESP and AH make of known packets.

A Debian kernel in an emulated machine gets one SA after the other, packets are put on its wire in clear, it forwards
them, and what comes back is kept. As root, with qemu, from the directory of the bundle:

    src/test/scripts/kernel_captures.py src/test/resources/captures

kernel.sas     one SA a line, as words KEY=VALUE: IANA's transform ids, keys in hex, "before" the last sequence number
               that was used earlier, "packets" names from kernel.inner. Their packets follow each other in kernel.pcap.
kernel.inner   a name and a packet in hex a line, as it was when the kernel protected it (forwarded: TTL 63)
kernel.pcap    what it sent, from the outer IP header on (LINKTYPE_RAW)
Keys come from a seed, explicit IVs from the kernel: a run writes the same SAs, and other octets.
"""
import base64
import ipaddress
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

IMAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "../../../../../lab/src/main/resources/org/sallyport/lab/peer/machine")
OURS, PEER = {4: "192.0.2.1", 6: "2001:db8::1"}, {4: "198.51.100.2", 6: "2001:db8:100::2"}
SOURCE, DESTINATION = {4: "10.1.0.1", 6: "fd01::1"}, {4: "10.2.0.1", 6: "fd02::1"}
NEAR = {4: "192.0.2.254", 6: "2001:db8::254"}
ANY = {4: "0.0.0.0", 6: "::"}
MACHINE, HOST = bytes.fromhex("525400123456"), bytes.fromhex("525400123457")
ETHERTYPE = {4: 0x0800, 6: 0x86DD}
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
SMALL, LARGE = (0, 1, 2, 3, 5, 11, 40, 64), (512, 1400)
WRAP = 0xFFFFFFFE
# suites that get the longest packets; those of all would take too much room
LONG = {"gcm16-256", "gmac-128", "ccm16-256", "chacha20poly1305-256", "cbc-256-sha256", "cbc-128-cmac", "null-0-sha512",
        "ah-sha256", "ah-sha512", "ah-xcbc"}
rnd = random.Random(4303)

# name -> transform id, key lengths in bits, octets of salt, the kernel's name
COMBINED = {
    "gcm16": (20, (128, 192, 256), 4, "rfc4106(gcm(aes))"),
    "gmac": (21, (128, 192, 256), 4, "rfc4543(gcm(aes))"),
    "ccm16": (16, (128, 192, 256), 3, "rfc4309(ccm(aes))"),
    "chacha20poly1305": (28, (256,), 4, "rfc7539esp(chacha20,poly1305)"),
}
CIPHERS = {"null": (11, (0,), "ecb(cipher_null)"), "cbc": (12, (128, 192, 256), "cbc(aes)")}
# name -> transform id, octets of the key, bits of the ICV, the kernel's name
INTEGRITY = {
    "sha256": (12, 32, 128, "hmac(sha256)"),
    "sha384": (13, 48, 192, "hmac(sha384)"),
    "sha512": (14, 64, 256, "hmac(sha512)"),
    "xcbc": (5, 16, 96, "xcbc(aes)"),
    "cmac": (8, 16, 96, "cmac(aes)"),
}


# --- packets in clear

def fold(octets):
    octets += b"\0" * (len(octets) % 2)
    total = sum(struct.unpack("!%dH" % (len(octets) // 2), octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def put(octets, offset, value):
    return octets[:offset] + struct.pack("!H", value) + octets[offset + 2:]


def header(family, protocol, length, ttl, ident):
    source, destination = (ipaddress.ip_address(a[family]).packed for a in (SOURCE, DESTINATION))
    if family == 6:
        return struct.pack("!IHBB", 6 << 28, length, protocol, ttl) + source + destination
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, ident, 0x4000, ttl, protocol, 0) + source + destination
    return put(head, 10, fold(head))


def payload(family, kind, size):
    body = rnd.randbytes(size)
    if kind == "icmp":
        protocol, at, head = (ICMP, 2, b"\x08") if family == 4 else (ICMPV6, 2, b"\x80")
        head += struct.pack("!BHHH", 0, 0, 4711, size)
    elif kind == "udp":
        protocol, at, head = UDP, 6, struct.pack("!HHHH", 40000 + size, 53, 8 + size, 0)
    else:
        protocol, at, head = TCP, 16, struct.pack("!HHIIBBHHH", 40000 + size, 80, 1, 2, 5 << 4, 0x18, 500, 0, 0)
    source, destination = (ipaddress.ip_address(a[family]).packed for a in (SOURCE, DESTINATION))
    pseudo = source + destination + struct.pack("!II", len(head) + size, protocol)
    value = fold((b"" if protocol == ICMP else pseudo) + head + body)
    return protocol, put(head + body, at, value or 0xFFFF if kind == "udp" else value)


def inner_packets():
    """Name -> what goes in, what is protected."""
    packets = {}
    for family in (4, 6):
        for kind in ("icmp", "udp", "tcp"):
            for size in SMALL + LARGE:
                protocol, text = payload(family, kind, size)
                ident = rnd.getrandbits(16)
                packets["%s%d-%d" % (kind, family, size)] = tuple(
                    header(family, protocol, len(text), ttl, ident) + text for ttl in (64, 63))
    return packets


# --- SAs

def suites():
    for name, (encr, lengths, salt, kernel) in COMBINED.items():
        for bits in lengths:
            yield dict(suite="%s-%d" % (name, bits), protocol="esp", encr=encr, bits=bits, salted=salt, integ=0,
                       mac=0, kernel=kernel)
    for name, (encr, lengths, kernel) in CIPHERS.items():
        for bits in lengths:
            for mac, (integ, octets, icv, digest) in INTEGRITY.items():
                if mac in ("xcbc", "cmac") and bits not in (0, 128):
                    continue
                yield dict(suite="%s-%d-%s" % (name, bits, mac), protocol="esp", encr=encr, bits=bits, salted=0,
                           integ=integ, mac=octets, icv=icv, kernel=kernel, digest=digest)
    for mac, (integ, octets, icv, digest) in INTEGRITY.items():
        yield dict(suite="ah-" + mac, protocol="ah", encr=0, bits=0, salted=0, integ=integ, mac=octets, icv=icv,
                   digest=digest)


SHAPES = [("tunnel", 4, 4), ("tunnel", 4, 6), ("tunnel", 6, 4), ("tunnel", 6, 6), ("transport", 4, 4),
          ("transport", 6, 6)]


def associations():
    """Every suite in every mode and pair of families, raw and in UDP; extended numbers in turns."""
    number = 0
    for suite in suites():
        encapsulations = ("raw",) if suite["protocol"] == "ah" else ("raw", "udp")
        for encapsulation in encapsulations:
            for at, (mode, outer, inner) in enumerate(SHAPES):
                esn = (at + (encapsulation == "udp")) % 2 == 1
                yield association(suite, number, mode, outer, inner, encapsulation, esn, at)
                number += 1
        for tfc in (200,) if suite["protocol"] == "esp" else ():
            yield association(suite, number, "tunnel", 4, 4, "raw", True, 2, tfc)
            number += 1


def association(suite, number, mode, outer, inner, encapsulation, esn, at, tfc=0):
    before = (0, 41, WRAP, 0x1234 << 32 | WRAP, 0, WRAP) if esn else (0, 41, 0x7FFFFFFF, 0, 0xFFFFFFF0, 0xFFFFFFFC)
    sa = dict(suite, mode=mode, outer=outer, inner=inner, encapsulation=encapsulation, esn=int(esn), before=before[at],
              tfc=tfc, spi=0x10000000 + number * 0x10001, key=rnd.randbytes(suite["bits"] // 8),
              salt=rnd.randbytes(suite["salted"]), mackey=rnd.randbytes(suite["mac"]))
    sizes = [SMALL[(number * 3 + i) % len(SMALL)] for i in range(3)]
    if mode == "tunnel" and outer == inner == 4 and encapsulation == "raw" and not tfc:
        sizes[1] = 512
    if mode == "transport" and outer == 6 and encapsulation == "raw":
        sizes[1] = 1400 if suite["suite"] in LONG else 512
    kinds = ("icmp", "udp", "tcp")
    sa["packets"] = ["%s%d-%d" % (kinds[(number + i) % 3], inner, size) for i, size in enumerate(sizes)]
    return sa


def line(sa):
    words = dict(protocol=sa["protocol"], mode=sa["mode"], encapsulation=sa["encapsulation"], encr=sa["encr"],
                 bits=sa["bits"], key=sa["key"].hex(), salt=sa["salt"].hex(), integ=sa["integ"],
                 mackey=sa["mackey"].hex(), spi="%08x" % sa["spi"], esn=sa["esn"], before=sa["before"], tfc=sa["tfc"],
                 packets=",".join(sa["packets"]))
    name = "%s-%s-%din%d-%s%s%s" % (sa["suite"], sa["mode"], sa["inner"], sa["outer"], sa["encapsulation"],
                                    "-esn" if sa["esn"] else "", "-tfc" if sa["tfc"] else "")
    return " ".join(["name=" + name] + ["%s=%s" % word for word in words.items()])


def script(sa):
    """What installs the SA and has everything use it."""
    algorithms = []
    if sa["encr"] and not sa["integ"]:
        algorithms += ["aead", "'%s'" % sa["kernel"], "0x" + (sa["key"] + sa["salt"]).hex(), "128"]
    if sa["integ"]:
        algorithms += ["auth-trunc", "'%s'" % sa["digest"], "0x" + sa["mackey"].hex(), str(sa["icv"])]
    if sa["encr"] and sa["integ"]:
        algorithms += ["enc", "'%s'" % sa["kernel"], "0x" + sa["key"].hex() if sa["key"] else "''"]
    here, there = (OURS, PEER) if sa["mode"] == "tunnel" else (SOURCE, DESTINATION)
    ends = "src %s dst %s" % (here[sa["outer"]], there[sa["outer"]])
    words = ["xfrm state add", ends, "proto", sa["protocol"], "spi", str(sa["spi"]), "reqid 1 mode", sa["mode"],
             *algorithms, "replay-oseq", str(sa["before"] & 0xFFFFFFFF)]
    # RFC 4302 section 3.3.3.2.1 has IPv4 aligned to 4 octets; the kernel does so when it is told, as strongSwan does
    flags = ["align4"] * (sa["protocol"] == "ah" and sa["outer"] == 4) + ["af-unspec"] * (sa["mode"] == "tunnel")
    if sa["esn"]:
        flags.append("esn")
        words += ["replay-window 64 replay-oseq-hi", str(sa["before"] >> 32)]
    if flags:
        words += ["flag", *flags]
    if sa["encapsulation"] == "udp":
        words += ["encap espinudp 4500 4500", ANY[sa["outer"]]]
    if sa["tfc"]:
        words += ["tfcpad", str(sa["tfc"])]
    policy = "xfrm policy add src %s dst %s dir out tmpl %s proto %s reqid 1 mode %s" % (
        SOURCE[sa["inner"]], DESTINATION[sa["inner"]], ends, sa["protocol"], sa["mode"])
    return "\n".join(["ip -batch - <<.", "xfrm policy flush", "xfrm state flush", " ".join(words), policy, "."])


# --- the emulated machine

class Machine:
    def __init__(self, directory):
        run("ip", "link", "set", "lo", "up")
        run("ip", "tuntap", "add", "tap0", "mode", "tap")
        run("ip", "link", "set", "tap0", "address", HOST.hex(":"), "mtu", "2000", "up")
        port = os.path.join(directory, "port")
        plain = "csum=off,gso=off,guest_csum=off,guest_tso4=off,guest_tso6=off,guest_ecn=off,guest_ufo=off"
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", "512", "-nodefaults",
             "-no-user-config", "-no-reboot", "-display", "none", "-kernel", directory + "/kernel",
             "-initrd", directory + "/initramfs", "-append", "quiet panic=1",
             "-netdev", "tap,id=net,script=no,downscript=no,ifname=tap0",
             "-device", "virtio-net-pci,netdev=net,romfile=,mac=%s,%s" % (MACHINE.hex(":"), plain),
             "-device", "virtio-rng-pci", "-device", "virtio-serial-pci",
             "-chardev", "socket,id=port,server=on,wait=off,path=" + port, "-device", "virtserialport,chardev=port"],
            stdin=subprocess.DEVNULL)
        while not os.path.exists(port):
            time.sleep(0.1)
        channel = socket.socket(socket.AF_UNIX)
        channel.connect(port)
        self.port = channel.makefile("rwb")
        self.port.readline()
        self.wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.wire.bind(("tap0", 3))
        self.wire.settimeout(5)

    def run(self, text):
        self.port.write(b"30 " + base64.b64encode(text.encode()) + b"\n")
        self.port.flush()
        status, _, output = self.port.readline().decode().rstrip("\n").partition(" ")
        if status != "0":
            raise SystemExit("%s\n%s" % (text, base64.b64decode(output).decode()))

    def forward(self, packet):
        """Has the machine forward a packet, and returns what that became."""
        family = packet[0] >> 4
        self.wire.send(MACHINE + HOST + struct.pack("!H", ETHERTYPE[family]) + packet)
        while True:
            frame = self.wire.recv(4096)
            if frame[6:12] == MACHINE and is_protected(frame[14:]):
                return unpadded(frame[14:])

    def prepare(self):
        lines = ["set -e", "ip link set eth0 mtu 2000 up"]
        for family in (4, 6):
            length = ("/24", "") if family == 4 else ("/64", " nodad")
            lines += ["ip address add %s dev eth0%s" % (OURS[family] + length[0], length[1]),
                      "ip neighbour replace %s lladdr %s nud permanent dev eth0" % (NEAR[family], HOST.hex(":")),
                      "ip -%d route add default via %s dev eth0" % (family, NEAR[family])]
        for name in ("all", "default", "eth0"):
            for setting in ("rp_filter", "send_redirects"):
                lines.append("echo 0 >/proc/sys/net/ipv4/conf/%s/%s" % (name, setting))
        lines += ["echo 1 >/proc/sys/net/ipv4/ip_forward", "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding"]
        self.run("\n".join(lines))


def is_protected(packet):
    if packet[0] >> 4 == 4:
        protocol, at = packet[9], 20
    else:
        protocol, at = packet[6], 40
    return protocol in (50, 51) or protocol == UDP and packet[at + 2:at + 4] == struct.pack("!H", 4500)


def unpadded(packet):
    """Without what Ethernet adds to short packets."""
    length = struct.unpack("!H", packet[2:4])[0] if packet[0] >> 4 == 4 else 40 + struct.unpack("!H", packet[4:6])[0]
    return packet[:length]


def run(*words):
    subprocess.run(words, check=True)


def build(directory):
    for name in os.listdir(IMAGE):
        shutil.copy(os.path.join(IMAGE, name), directory)
    run("bash", os.path.join(directory, "build-image"), directory)


def capture(machine, out):
    inner = inner_packets()
    with open(out + ".sas", "w") as index, open(out + ".pcap", "wb") as pcap:
        pcap.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for sa in associations():
            machine.run(script(sa))
            index.write(line(sa) + "\n")
            for name in sa["packets"]:
                packet = machine.forward(inner[name][0])
                pcap.write(struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet)
    with open(out + ".inner", "w") as text:
        for name, (_, packet) in inner.items():
            text.write("%s %s\n" % (name, packet.hex()))


def main():
    out, *rest = sys.argv[1:]
    if not rest:  # packages come from the network, which a namespace of its own has not
        with tempfile.TemporaryDirectory() as directory:
            build(directory)
            run("unshare", "--net", sys.executable, __file__, out, directory)
        return
    machine = Machine(rest[0])
    try:
        machine.prepare()
        capture(machine, os.path.join(out, "kernel"))
    finally:
        machine.process.kill()
        machine.process.wait()


main()
