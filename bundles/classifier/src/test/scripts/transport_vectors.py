#!/usr/bin/env python3
"""Writes src/test/resources/transport-vectors.csv: ESP in transport mode, made by Python's "cryptography" (OpenSSL).

Columns: kind, key, salt, spi, esn, sequence, local, remote, original local, original remote, packet, ESP packet. The
packet is what has to be delivered: checksums are computed here anew over the addresses that the receiver knows, those in
the ESP packet over the addresses that the sender knows (RFC 3948 section 3.1.2, RFC 7296 section 2.23.1).
kind "exact": no address translator; a sender with IV prefix 1 makes the ESP packet of the packet with local and remote
swapped. "nat": through one or two of them.
"""
import ipaddress
import random
import struct
import sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

rnd = random.Random(3948)
TCP, UDP, ICMP, ICMPV6, SCTP, UDPLITE, DCCP, GRE = 6, 17, 1, 58, 132, 136, 33, 47


def fold(b):
    b += b"\0" * (len(b) % 2)
    n = sum(struct.unpack("!%dH" % (len(b) // 2), b))
    while n >> 16:
        n = (n & 0xFFFF) + (n >> 16)
    return ~n & 0xFFFF


def pseudo(source, destination, protocol, length):
    if len(source) == 4:
        return source + destination + struct.pack("!BBH", 0, protocol, length)
    return source + destination + struct.pack("!II", length, protocol)


def put(text, offset, value):
    return text[:offset] + struct.pack("!H", value) + text[offset + 2:]


def with_checksum(text, protocol, source, destination, zero=False):
    offset = {TCP: 16, UDP: 6, UDPLITE: 6, DCCP: 6, ICMPV6: 2, ICMP: 2}.get(protocol)
    if offset is None or zero:
        return text
    text = put(text, offset, 0)
    covered = b"" if protocol == ICMP else pseudo(source, destination, protocol, len(text))
    value = fold(covered + text)
    return put(text, offset, 0xFFFF if protocol == UDP and value == 0 else value)


def header(source, destination, protocol, length):
    if len(source) == 4:
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0x4000, 64, protocol, 0, source, destination)
        return put(head, 10, fold(head))
    return struct.pack("!IHBB16s16s", 6 << 28, length, protocol, 64, source, destination)


def payload(protocol, size):
    body = rnd.randbytes(size)
    if protocol == TCP:
        return struct.pack("!HHIIBBHHH", 1024 + size, 80, rnd.getrandbits(32), 7, 5 << 4, 0x10, 500, 0, 0) + body
    if protocol == UDP:
        return struct.pack("!HHHH", 53, 5353, 8 + size, 0) + body
    if protocol == UDPLITE:
        return struct.pack("!HHHH", 53, 5353, 0, 0) + body
    if protocol == DCCP:
        return struct.pack("!HHBBHBBHI", 53, 5353, 4, 0, 0, 0, 0, 0, 9) + body
    if protocol == ICMP:
        return struct.pack("!BBHHH", 8, 0, 0, 4711, 1) + body
    if protocol == ICMPV6:
        return struct.pack("!BBHHH", 128, 0, 0, 4711, 1) + body
    return struct.pack("!HHII", 53, 5353, 1, 2) + body


def esp(key, salt, spi, esn, sequence, text, next_header):
    iv = struct.pack("!Q", 1 << 48 | sequence)
    pad = -(len(text) + 2) % 4
    text += bytes(range(1, pad + 1)) + bytes([pad, next_header])
    aad = struct.pack("!IQ", spi, sequence) if esn else struct.pack("!II", spi, sequence)
    return struct.pack("!II", spi, sequence & 0xFFFFFFFF) + iv + AESGCM(key).encrypt(salt + iv, text, aad)


def address(text):
    return ipaddress.ip_address(text).packed


def error(protocol, source, destination, sees_local, sees_remote):
    """Port unreachable about a UDP packet that the receiver sent, as the sender of the error saw it."""
    inner = with_checksum(payload(UDP, 5), UDP, sees_local, sees_remote)
    quoted = header(sees_local, sees_remote, UDP, len(inner)) + inner
    text = struct.pack("!BBHI", *((3, 3) if protocol == ICMP else (1, 4)), 0, 0) + quoted
    return with_checksum(text, protocol, source, destination)


def row(kind, protocol, local, remote, original_local, original_remote, make):
    key, salt, spi = rnd.randbytes(rnd.choice((16, 24, 32))), rnd.randbytes(4), rnd.getrandbits(31) | 256
    esn = bool(rnd.getrandbits(1))
    sequence = rnd.choice((1, 77))
    sent = make(address(original_remote), address(original_local), address(original_local), address(original_remote))
    got = sent[1] if isinstance(sent, tuple) else None
    sent = sent[0] if isinstance(sent, tuple) else sent
    packet = header(address(remote), address(local), protocol, len(got)) + got
    print(",".join([kind, key.hex(), salt.hex(), "%08x" % spi, str(int(esn)), "%x" % sequence, local, remote,
                    original_local, original_remote, packet.hex(),
                    esp(key, salt, spi, esn, sequence, sent, protocol).hex()]))


def plain(protocol, size, local, remote, zero=False):
    def make(source, destination, *_):
        text = payload(protocol, size)
        return (with_checksum(text, protocol, source, destination, zero),
                with_checksum(text, protocol, address(remote), address(local), zero))
    return make


def quoting(protocol, local, remote):
    def make(source, destination, sees_local, sees_remote):
        state = rnd.getstate()
        sent = error(protocol, source, destination, sees_local, sees_remote)
        rnd.setstate(state)
        # the quoted packet's own checksum stays as it was: what is quoted may be cut before it
        inner = sent[8 + (20 if protocol == ICMP else 40):]
        quoted = header(address(local), address(remote), UDP, len(inner)) + inner
        return sent, with_checksum(sent[:8] + quoted, protocol, address(remote), address(local))
    return make


sys.stdout = open(sys.argv[1], "w")
V4 = ("192.0.2.1", "198.51.100.7", "10.9.8.7", "172.31.255.254")
V6 = ("2001:db8::1", "2001:db8:ffff::7", "fd00::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")
for local, remote, inner_local, inner_remote in (V4, V6):
    icmp = ICMP if local == V4[0] else ICMPV6
    for protocol in (TCP, UDP, icmp, SCTP, UDPLITE, DCCP, GRE):
        for size in (0, 1, 2, 3, 1371):
            row("exact", protocol, local, remote, local, remote, plain(protocol, size, local, remote))
        for original_local, original_remote in ((inner_local, remote), (local, inner_remote), (inner_local, inner_remote)):
            for size in (0, 1, 2, 3, 1371):
                row("nat", protocol, local, remote, original_local, original_remote,
                    plain(protocol, size, local, remote))
    if icmp == ICMP:
        row("nat", UDP, local, remote, inner_local, inner_remote, plain(UDP, 9, local, remote, True))
        row("exact", UDP, local, remote, local, remote, plain(UDP, 9, local, remote, True))
    for original_local, original_remote in ((inner_local, remote), (local, inner_remote), (inner_local, inner_remote)):
        row("nat", icmp, local, remote, original_local, original_remote, quoting(icmp, local, remote))
