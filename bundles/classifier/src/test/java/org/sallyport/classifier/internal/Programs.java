package org.sallyport.classifier.internal;

/** What runs in the namespaces of tests: unmodified programs in Python. */
final class Programs {
    /** Takes TCP connections at an address and answers how much came, and its digest. */
    static final String SINK = """
            import socket, sys, hashlib
            s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((sys.argv[1], 7000)); s.listen(8); print('ready', flush=True)
            while True:
                c, _ = s.accept(); h = hashlib.sha1(); n = 0
                while True:
                    b = c.recv(1 << 20)
                    if not b: break
                    h.update(b); n += len(b)
                c.sendall((str(n) + ' ' + h.hexdigest()).encode()); c.close()
            """;
    /** Sends so many octets to an address, and says whether they came as they were. */
    static final String SOURCE = """
            import socket, sys, hashlib, time, random
            s = socket.create_connection((sys.argv[1], 7000), 10); s.settimeout(30)
            n = int(sys.argv[2]); block = random.Random(5).randbytes(1 << 20); h = hashlib.sha1(); sent = 0
            begin = time.time()
            while sent < n:
                part = block[: min(len(block), n - sent)]
                s.sendall(part); h.update(part); sent += len(part)
                if len(sys.argv) > 3: time.sleep(float(sys.argv[3]))
            s.shutdown(socket.SHUT_WR); answer = s.recv(200).decode()
            took = time.time() - begin
            print('equal' if answer == str(sent) + ' ' + h.hexdigest() else 'differ ' + answer, int(sent * 8 / took / 1e6))
            """;

    /** Sends echo requests of a size to an address and says how many were answered with the same. */
    static final String PING = """
            import socket, struct, sys, time
            address, count, size, pause = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
            six = ':' in address
            s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58) if six else socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
            s.settimeout(3); s.connect((address, 0))
            def checksum(b):
                b += b'\\0' * (len(b) % 2); n = sum(struct.unpack('!%dH' % (len(b) // 2), b))
                while n >> 16: n = (n & 0xffff) + (n >> 16)
                return ~n & 0xffff
            answered = 0
            for i in range(count):
                body = struct.pack('!HH', 4711, i) + bytes(j & 255 for j in range(size))
                head = struct.pack('!BBH', 128 if six else 8, 0, 0 if six else checksum(b'\\x08\\0\\0\\0' + body))
                s.send(head + body); end = time.time() + 3
                while time.time() < end:
                    answer = s.recv(65536)[0 if six else 20:]
                    if answer[0] == (129 if six else 0) and answer[4:] == body: answered += 1; break
                time.sleep(pause)
            print('answered', answered)
            """;

    private Programs() {}
}
