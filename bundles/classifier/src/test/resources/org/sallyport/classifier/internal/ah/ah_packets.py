# One packet in a line: name, transform of the integrity algorithm, key, upper half of the sequence number, the packet.
# pip install scapy==2.7.0 cryptography; python ah_packets.py > ah-packets.txt
from scapy.all import *
from scapy.layers.ipsec import AH, SecurityAssociation

KEYS = {n: bytes(range(0x20, 0x20 + n)) for n in (16, 32, 48, 64)}
ALGORITHMS = {12: ("SHA2-256-128", 32), 13: ("SHA2-384-192", 48), 14: ("SHA2-512-256", 64), 8: ("AES-CMAC-96", 16)}
V4, V6 = ("10.1.0.1", "10.2.0.2"), ("2001:db8:1::1", "2001:db8:2::2")
INNER4 = IP(src=V4[0], dst=V4[1], id=7, ttl=61) / UDP(sport=1000, dport=2000) / b"first of four"
INNER6 = IPv6(src=V6[0], dst=V6[1], hlim=61) / UDP(sport=1000, dport=2000) / b"second of four"
OUT4 = dict(src="192.0.2.1", dst="192.0.2.2", tos=0xb9, ttl=64)
OUT6 = dict(src="2001:db8::1", dst="2001:db8::2", tc=0xb9, hlim=64)
ROUTER_ALERT, RECORD = IPOption_Router_Alert(), IPOption_RR(length=11, pointer=8, routers=["192.0.2.9", "0.0.0.0"])
MUTABLE = HBHOptUnknown(otype=0x3e, optdata=b"on the way")


def say(name, integrity, packet, high=0, tunnel=None):
    algorithm, octets = ALGORITHMS[integrity]
    sa = SecurityAssociation(AH, spi=0xc0ffee01, seq_num=0x80000005, auth_algo=algorithm, auth_key=KEYS[octets],
                             tunnel_header=tunnel, esn_en=bool(high), esn=high)
    sealed = sa.encrypt(packet)
    wire = bytes(sealed)
    assert bytes(sa.decrypt(sealed.__class__(wire), verify=True, esn_en=bool(high), esn=high))
    print(name, integrity, KEYS[octets].hex(), high, wire.hex())


for line in open(__file__).read().splitlines()[:2]:
    print(line)
for integrity in ALGORITHMS:
    say("tunnel4-in-4", integrity, INNER4, tunnel=IP(id=0x8006, **OUT4))
    say("tunnel4-in-6", integrity, INNER4, tunnel=IPv6(**OUT6))
    say("tunnel6-in-4", integrity, INNER6, high=3, tunnel=IP(id=0x8009, **OUT4))
    say("tunnel6-in-6", integrity, INNER6, high=3, tunnel=IPv6(**OUT6))
say("transport4", 12, IP(id=8, **OUT4) / UDP(sport=1000, dport=2000) / b"third")
say("transport6", 12, IPv6(**OUT6) / UDP(sport=1000, dport=2000) / b"fourth", high=9)
say("options4", 12, IP(id=9, options=[ROUTER_ALERT, RECORD, IPOption_NOP(), IPOption_EOL()], **OUT4) / UDP(sport=1, dport=2) / b"fifth")
say("options6", 12, IPv6(**OUT6) / IPv6ExtHdrHopByHop(options=[MUTABLE]) / UDP(sport=1, dport=2) / b"sixth")
