"""Answers datagrams: datagram-servers.py ADDRESS ECHO-PORT DNS-PORT

On one port it sends back what comes; on the other it answers every DNS question with the address itself (RFC 1035).
"""

import selectors
import socket
import sys

address, echo_port, dns_port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def listen(port):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, port))
    return server


def echo(question):
    return question


def dns(question):
    end = question.index(0, 12) + 5
    header = question[:2] + b"\x85\x80" + b"\0\1\0\1\0\0\0\0"
    record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(address)
    return header + question[12:end] + record


ready = selectors.DefaultSelector()
ready.register(listen(echo_port), selectors.EVENT_READ, echo)
ready.register(listen(dns_port), selectors.EVENT_READ, dns)
print("listening", flush=True)
while True:
    for key, _ in ready.select():
        question, who = key.fileobj.recvfrom(2048)
        key.fileobj.sendto(key.data(question), who)
