#!/usr/bin/env python3
"""Writes src/test/resources/esp-vectors.csv: ESP packets made by Python's "cryptography" (OpenSSL), not by Sallyport.

Columns: kind, key, salt, spi, esn, top (highest number seen before), sequence, inner packet, ESP packet; all hex.
kind "exact": what a sender with IV prefix 1 must produce; "other": valid packets of senders that do things their own way.
"""
import struct
import random
import sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

rnd = random.Random(4303)


def checksum(b):
    n = sum(struct.unpack("!%dH" % (len(b) // 2), b))
    while n >> 16:
        n = (n & 0xFFFF) + (n >> 16)
    return ~n & 0xFFFF


def ipv4(length):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, length, rnd.getrandbits(16), 0, 64, 253, 0,
                       bytes([10, 1, 0, 1]), bytes([10, 2, 0, 1]))
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return head + rnd.randbytes(length - 20)


def ipv6(length):
    return struct.pack("!IHBB", 6 << 28 | rnd.getrandbits(20), length - 40, 253, 64) + bytes.fromhex(
        "fd010000000000000000000000000001fd020000000000000000000000000001") + rnd.randbytes(length - 40)


def esp(key, salt, spi, esn, sequence, inner, iv, pad, dummy=b""):
    text = inner + dummy + bytes(range(1, pad + 1)) + bytes([pad, 4 if inner[0] >> 4 == 4 else 41])
    assert len(text) % 4 == 0
    aad = struct.pack("!IQ", spi, sequence) if esn else struct.pack("!II", spi, sequence)
    sealed = AESGCM(key).encrypt(salt + iv, text, aad)
    return struct.pack("!II", spi, sequence & 0xFFFFFFFF) + iv + sealed


def row(kind, key, salt, spi, esn, top, sequence, inner, packet):
    print(",".join([kind, key.hex(), salt.hex(), "%08x" % spi, str(int(esn)), "%016x" % top, "%016x" % sequence,
                    inner.hex(), packet.hex()]))


sys.stdout = open(sys.argv[1], "w")
for bits in (128, 192, 256):
    for esn in (False, True):
        for top, sequence in ((0, 1), (41, 42), (0xFFFFFFFD, 0xFFFFFFFE)) + (
                ((0xFFFFFFFF, 0x100000000), (0x1234FFFFFFF0, 0x123500000004)) if esn else ()):
            for make, length in ((ipv4, 20), (ipv4, 21), (ipv4, 22), (ipv4, 23), (ipv4, 1400), (ipv6, 40), (ipv6, 1397)):
                key, salt, spi = rnd.randbytes(bits // 8), rnd.randbytes(4), rnd.getrandbits(31) | 256
                inner = make(length)
                iv = struct.pack("!Q", 1 << 48 | sequence)
                packet = esp(key, salt, spi, esn, sequence, inner, iv, -(length + 2) % 4)
                row("exact", key, salt, spi, esn, top, sequence, inner, packet)
for esn in (False, True):
    for pad, dummy in ((254, 0), (2, 0), (6, 100), (2, 1000)):
        key, salt, spi = rnd.randbytes(16), rnd.randbytes(4), rnd.getrandbits(32) | 256
        inner = ipv4(100)
        top = 5000 if not esn else 0x100000010
        for sequence in (top + 1, top - 1023, top + 100000):
            packet = esp(key, salt, spi, esn, sequence, inner, rnd.randbytes(8), pad, rnd.randbytes(dummy))
            row("other", key, salt, spi, esn, top, sequence, inner, packet)
