"""Finds out what a path takes, as programs do. Usage: path-mtu.py serve LOCAL | df LOCAL REMOTE | udp LOCAL REMOTE OCTETS |
whole LOCAL REMOTE OCTETS | tcp LOCAL REMOTE OCTETS"""
import errno, os, socket, sys, threading, time

PORT = 9100
IP_MTU_DISCOVER, IP_PMTUDISC_DONT, IP_PMTUDISC_DO, IP_MTU = 10, 0, 2, 14


def datagrams(local, remote, discover):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, discover)
    s.bind((local, 0))
    s.connect((remote, PORT))
    s.settimeout(5)
    return s


def serve(local):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
    udp.bind((local, PORT))
    tcp = socket.create_server((local, PORT))

    def echo_streams():
        while True:
            c, _ = tcp.accept()
            threading.Thread(target=echo_stream, args=(c,), daemon=True).start()

    def echo_stream(c):
        while part := c.recv(65536):
            c.sendall(part)
        c.close()

    threading.Thread(target=echo_streams, daemon=True).start()
    print("serving", flush=True)
    while True:
        data, who = udp.recvfrom(65536)
        udp.sendto(data, who)


def df(local, remote):
    """Prints what the kernel was told that the path takes: exactly that passes, and one octet more does not."""
    s = datagrams(local, remote, IP_PMTUDISC_DO)
    end = time.time() + 10
    while time.time() < end:
        try:
            s.send(b"x" * 1372)
        except OSError as e:
            if e.errno != errno.EMSGSIZE:
                raise
            break
        time.sleep(0.05)
    mtu, most = told(s)
    while (received := patiently(lambda: s.recv(65536)))[:1] == b"x" and len(received) == 1372:
        pass
    print(mtu, "passes" if received == most else "differs")


def told(s):
    """Sends as much as the kernel now says that the path takes."""

    def send():
        mtu = s.getsockopt(socket.IPPROTO_IP, IP_MTU)
        most = os.urandom(mtu - 28)
        s.send(most)
        return mtu, most

    return patiently(send)


def patiently(call):
    """Calls until no error waits that is a datagram's of before."""
    for _ in range(50):
        try:
            return call()
        except OSError as e:
            if e.errno != errno.EMSGSIZE:
                raise
    raise OSError("still too long")


def udp(local, remote, octets, fragmented):
    s = datagrams(local, remote, IP_PMTUDISC_DONT if fragmented else IP_PMTUDISC_DO)
    sent = os.urandom(octets)
    s.send(sent)
    print("equal" if s.recv(65536) == sent else "differs")


def tcp(local, remote, octets):
    s = socket.create_connection((remote, PORT), timeout=20, source_address=(local, 0))
    sent = os.urandom(octets)
    threading.Thread(target=lambda: (s.sendall(sent), s.shutdown(socket.SHUT_WR)), daemon=True).start()
    received = bytearray()
    while part := s.recv(65536):
        received += part
    print("equal" if received == sent else "differs")


what, *rest = sys.argv[1:]
if what == "serve":
    serve(*rest)
elif what == "df":
    df(*rest)
elif what == "udp":
    udp(rest[0], rest[1], int(rest[2]), True)
elif what == "whole":
    udp(rest[0], rest[1], int(rest[2]), False)
else:
    tcp(rest[0], rest[1], int(rest[2]))
