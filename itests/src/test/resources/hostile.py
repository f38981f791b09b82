"""Programs that try to get round the interceptor, or to wear it out.

hostile.py buffer ADDRESS PORT SECONDS   one thread asks, another changes the address in memory all the time, between this
                                         and one on loopback
hostile.py swap ADDRESS PORT SECONDS     one thread asks by a descriptor, another makes it mean other sockets all the time
hostile.py bomb ADDRESS PORT CALLERS     as many processes as that ask at once; prints how many had which outcome
Prints one JSON object.
"""

import collections
import ctypes
import errno
import json
import os
import socket
import struct
import sys
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PAYLOAD = b"0123456789abcdef"


def raw(address, port):
    return struct.pack("=HH4s8x", socket.AF_INET, socket.htons(port), socket.inet_aton(address))


def outcome(result):
    return "ok" if result >= 0 else errno.errorcode.get(ctypes.get_errno(), "?")


def ask(descriptor, buffer, outcomes):
    outcomes["connect " + outcome(LIBC.connect(descriptor, buffer, len(buffer)))] += 1
    outcomes["sendto " + outcome(LIBC.sendto(descriptor, PAYLOAD, len(PAYLOAD), 0, buffer, len(buffer)))] += 1


def socket_of(kind):
    made = socket.socket(socket.AF_INET, kind)
    if kind & socket.SOCK_STREAM:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return made


KINDS = (
    socket.SOCK_DGRAM,
    socket.SOCK_STREAM | socket.SOCK_NONBLOCK,
    socket.SOCK_DGRAM | socket.SOCK_NONBLOCK,
    socket.SOCK_STREAM,
)


def until(seconds, disturb, action):
    """Does something again and again while another thread disturbs it."""
    end = time.monotonic() + seconds
    stopped = threading.Event()

    def disturbing():
        while not stopped.is_set():
            disturb()

    thread = threading.Thread(target=disturbing)
    thread.start()
    rounds = 0
    while time.monotonic() < end:
        action(rounds)
        rounds += 1
    stopped.set()
    thread.join()
    return rounds


def change_buffer(address, port, seconds):
    addresses = (raw(address, port), raw("127.0.0.1", port))
    buffer = (ctypes.c_char * 16).from_buffer_copy(addresses[0])
    outcomes = collections.Counter()

    def disturb():
        for octets in addresses:
            ctypes.memmove(buffer, octets, len(octets))

    def action(number):
        with socket_of(KINDS[number % len(KINDS)]) as made:
            ask(made.fileno(), buffer, outcomes)

    rounds = until(seconds, disturb, action)
    return {"rounds": rounds, "outcomes": outcomes}


def swap_descriptors(address, port, seconds):
    asked = 200
    buffer = (ctypes.c_char * 16).from_buffer_copy(raw(address, port))
    outcomes = collections.Counter()
    local = socket_of(socket.SOCK_DGRAM)
    local.connect(("127.0.0.1", port))
    others = [local, open(os.devnull, "rb")] + [socket_of(kind) for kind in KINDS]
    os.dup2(others[0].fileno(), asked)

    def disturb():
        for other in others:
            os.dup2(other.fileno(), asked)

    rounds = until(seconds, disturb, lambda number: ask(asked, buffer, outcomes))
    return {"rounds": rounds, "outcomes": outcomes}


def bomb(address, port, callers):
    children = {}
    for _ in range(callers):
        child = os.fork()
        if child == 0:
            with socket_of(socket.SOCK_STREAM) as made:
                os._exit(made.connect_ex((address, port)))
        children[child] = True
    outcomes = collections.Counter()
    for _ in range(callers):
        _, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        outcomes["ok" if code == 0 else errno.errorcode.get(code, str(code))] += 1
    return {"outcomes": outcomes}


what, where, at, much = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
print(json.dumps({"buffer": change_buffer, "swap": swap_descriptors, "bomb": bomb}[what](where, at, much)))
