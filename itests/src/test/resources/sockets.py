"""Opens and closes many sockets to many addresses, in this process and in others, and says what it keeps.

usage: sockets.py FIRST-ADDRESS ADDRESSES SOCKETS PORT ARRIVING

Answers "churned" when most are closed again, "listening" when so many connections may arrive, and "quiet" when those that
stay are where they will be, and say nothing. Each line on standard input leads on: everything is closed ("closed"), some
are opened again ("reopened"), and closed ("ended").
"""
import array
import ipaddress
import os
import random
import signal
import socket
import sys

first = ipaddress.ip_address(sys.argv[1])
addresses, sockets, port, arriving = (int(argument) for argument in sys.argv[2:])
dice = random.Random(7)


def opened(index):
    kind = socket.SOCK_STREAM if index % 8 == 0 else socket.SOCK_DGRAM
    made = socket.socket(socket.AF_INET, kind)
    made.bind(("10.1.0.1", 0))
    made.connect((str(first + index % addresses), port))
    return made


def in_child(work):
    """Runs the work in a child; answers its process id and a socket: it ends when that is written to, or closed."""
    near, far = socket.socketpair()
    child = os.fork()
    if child == 0:
        near.close()
        kept = work(far)
        far.send(b"!")
        far.recv(1)
        del kept
        os._exit(0)
    far.close()
    near.recv(1)
    return child, near


def received(channel):
    message, data, _, _ = channel.recvmsg(1, socket.CMSG_SPACE(64 * 4))
    descriptors = array.array("i")
    descriptors.frombytes(data[0][2])
    return list(descriptors)


def churn():
    ring = []
    index = 0
    while index < sockets:
        batch = min(64, sockets - index)
        if dice.random() < 0.2:
            child, end = in_child(lambda far, at=index: [opened(at + i) for i in range(batch)])
            if dice.random() < 0.5:
                os.kill(child, signal.SIGKILL)
            end.close()
            os.waitpid(child, 0)
        else:
            for i in range(batch):
                ring.append(opened(index + i))
                if len(ring) > 200:
                    ring.pop(dice.randrange(len(ring))).close()
        index += batch
    for each in ring:
        each.close()


def settle():
    keep = [opened(i) for i in range(0, addresses, 2)]
    inherited = [opened(i * 3) for i in range(20)]
    child, child_end = in_child(lambda far: inherited)
    for each in inherited:
        each.close()
    passed = [opened(i * 5) for i in range(20)]
    near, far = socket.socketpair()
    heir = os.fork()
    if heir == 0:
        for each in passed:
            each.close()
        near.close()
        held = received(far)
        far.send(b"!")
        far.recv(1)
        os._exit(0 if held else 1)
    far.close()
    near.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [s.fileno() for s in passed]))])
    for each in passed:
        each.close()
    near.recv(1)
    doomed, _ = in_child(lambda far: [opened(i * 7) for i in range(20)])
    os.kill(doomed, signal.SIGKILL)
    os.waitpid(doomed, 0)
    return keep, [(child, child_end), (heir, near)]


def accept():
    with socket.create_server(("10.1.0.1", port)) as listener:
        print("listening", flush=True)
        return [listener.accept()[0] for _ in range(arriving)]


churn()
print("churned", flush=True)
keep, children = settle()
accepted = accept()
print("quiet", flush=True)
sys.stdin.readline()
for each in keep + accepted:
    each.close()
for child, end in children:
    end.send(b"!")
    os.waitpid(child, 0)
print("closed", flush=True)
sys.stdin.readline()
again = [opened(i) for i in range(0, addresses, 2)]
print("reopened", flush=True)
sys.stdin.readline()
for each in again:
    each.close()
print("ended", flush=True)
