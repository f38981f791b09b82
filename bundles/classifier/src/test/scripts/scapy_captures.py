#!/usr/bin/env python3
"""Writes src/test/resources/captures/scapy.{sas,inner,pcap}: ESP and AH packets that scapy 2.7 made.

    src/test/scripts/scapy_captures.py src/test/resources/captures

The files are as kernel_captures.py describes them. Explicit IVs are random: each run writes other octets.
"""
import random
import struct
import sys
from scapy.all import ICMP, IP, TCP, UDP, ICMPv6EchoRequest, IPv6, Raw, raw
from scapy.layers.ipsec import AH, ESP, SecurityAssociation

rnd = random.Random(4303)
EPOCH = 1 << 32  # scapy takes a lower half of 0 for none
# scapy's name -> transform id, key lengths in bits, octets of salt
COMBINED = {"AES-GCM": (20, (128, 192, 256), 4), "AES-NULL-GMAC": (21, (128, 192, 256), 4),
            "AES-CCM": (16, (128, 192, 256), 3), "CHACHA20-POLY1305": (28, (256,), 4)}
CIPHERS = {"NULL": (11, (0,)), "AES-CBC": (12, (128, 192, 256))}
# scapy's name -> transform id, octets of the key
INTEGRITY = {"SHA2-256-128": (12, 32), "SHA2-384-192": (13, 48), "SHA2-512-256": (14, 64), "AES-CMAC-96": (8, 16)}
OUTER = {4: IP(src="192.0.2.1", dst="198.51.100.2"), 6: IPv6(src="2001:db8::1", dst="2001:db8:100::2")}
SHAPES = [("tunnel", 4, 4, "raw"), ("tunnel", 6, 4, "raw"), ("tunnel", 4, 6, "udp"), ("tunnel", 6, 6, "raw"),
          ("transport", 4, 4, "raw"), ("transport", 4, 4, "udp"), ("transport", 6, 6, "raw")]


def inner_packets():
    packets = {}
    for family in (4, 6):
        head = IP(src="10.1.0.1", dst="10.2.0.1", flags="DF") if family == 4 else IPv6(src="fd01::1", dst="fd02::1")
        for size in (0, 1, 2, 3, 16, 333):
            body = Raw(rnd.randbytes(size))
            echo = ICMP(id=4711) if family == 4 else ICMPv6EchoRequest(id=4711)
            packets["icmp%d-%d" % (family, size)] = head / echo / body
            packets["udp%d-%d" % (family, size)] = head / UDP(sport=40000, dport=53) / body
            packets["tcp%d-%d" % (family, size)] = head / TCP(sport=40000, dport=80, flags="PA", window=500) / body
    return packets


def suites():
    for name, (encr, lengths, salt) in COMBINED.items():
        for bits in lengths:
            yield name.lower(), ESP, name, "NULL", encr, bits, salt, 0, 0
    for name, (encr, lengths) in CIPHERS.items():
        for bits in lengths:
            for mac, (integ, octets) in INTEGRITY.items():
                yield "%s-%s" % (name.lower(), mac.lower()), ESP, name, mac, encr, bits, 0, integ, octets
    for mac, (integ, octets) in INTEGRITY.items():
        yield "ah-" + mac.lower(), AH, None, mac, 0, 0, 0, integ, octets


def association(suite, spi, shape, esn, before):
    """The line without packets, and scapy's SA for a sequence number."""
    name, protocol, cipher, mac, encr, bits, salted, integ, octets = suite
    mode, outer, inner, encapsulation = shape
    key, salt, mackey = rnd.randbytes(bits // 8), rnd.randbytes(salted), rnd.randbytes(octets)
    words = dict(protocol="esp" if protocol is ESP else "ah", mode=mode, encapsulation=encapsulation, encr=encr,
                 bits=bits, key=key.hex(), salt=salt.hex(), integ=integ, mackey=mackey.hex(), spi="%08x" % spi,
                 esn=int(esn), before=before, tfc=0)
    title = "scapy-%s-%d-%s-%din%d-%s%s" % (name, bits, mode, inner, outer, encapsulation, "-esn" if esn else "")
    sa = SecurityAssociation(
        protocol, spi=spi, crypt_algo=cipher, crypt_key=(key + salt) or None, auth_algo=mac,
        auth_key=mackey or None, tunnel_header=OUTER[outer].copy() if mode == "tunnel" else None,
        nat_t_header=UDP(sport=4500, dport=4500, chksum=0) if encapsulation == "udp" else None, esn_en=esn)
    return " ".join(["name=" + title] + ["%s=%s" % word for word in words.items()]), sa


def main():
    inner = inner_packets()
    names = list(inner)
    out = sys.argv[1] + "/scapy"
    spi = 0x20000000
    with open(out + ".sas", "w") as index, open(out + ".pcap", "wb") as pcap:
        pcap.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for number, suite in enumerate(suites()):
            for at, shape in enumerate(SHAPES):
                if suite[1] is AH and shape[3] == "udp":
                    continue
                spi += 0x10001
                esn = (number + at) % 2 == 1
                before = EPOCH + at if esn else at
                words, sa = association(suite, spi, shape, esn, before)
                chosen = [name for name in names if "%d-" % shape[2] in name][(number * 5 + at * 3) % 16:][:2]
                index.write("%s packets=%s\n" % (words, ",".join(chosen)))
                for sequence, name in enumerate(chosen, before + 1):
                    packet = raw(sa.encrypt(inner[name].copy(), seq_num=sequence & 0xFFFFFFFF,
                                            esn_en=esn, esn=sequence >> 32))
                    pcap.write(struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet)
    with open(out + ".inner", "w") as text:
        for name, packet in inner.items():
            text.write("%s %s\n" % (name, raw(packet).hex()))


main()
