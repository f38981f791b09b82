"""Opens connections and sends datagrams before there is an SA, by calls that wait and by calls that do not.

first-packets.py ADDRESS TCP-PORT CONNECTS UDP-PORT DATAGRAMS
Prints how many connections stand. Each datagram says how it was sent, and its number.
"""

import asyncio
import socket
import sys
import threading

address, tcp_port, connects, udp_port, datagrams = sys.argv[1], *map(int, sys.argv[2:6])


def connect_and_wait(standing):
    with socket.create_connection((address, tcp_port)):
        standing.append("waits")


def send(how, blocking):
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setblocking(blocking)
    for number in range(datagrams):
        sender.sendto(b"%s %d" % (how, number), (address, udp_port))
    sender.close()


async def connect(standing):
    _, writer = await asyncio.open_connection(address, tcp_port)
    standing.append("does not wait")
    writer.close()


async def connect_all(standing):
    await asyncio.gather(*(connect(standing) for _ in range(connects)))


standing = []
waiting = [threading.Thread(target=connect_and_wait, args=(standing,)) for _ in range(connects)]
waiting.append(threading.Thread(target=send, args=(b"waits", True)))
for thread in waiting:
    thread.start()
send(b"does-not-wait", False)
asyncio.run(connect_all(standing))
for thread in waiting:
    thread.join()
print(len(standing))
