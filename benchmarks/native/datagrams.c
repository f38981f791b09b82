/*
 * datagrams send FROM TO PORT OCTETS SECONDS
 * datagrams receive AT PORT
 *
 * The first sends as many datagrams as it can for so long, 64 with each system call so that it costs little itself, and
 * prints sent=. The second prints "ready", counts what arrives until nothing has for a second, and prints received= and
 * micros=, from the first to the last.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 64
#define LARGEST 65507
#define BUFFER (8 << 20)

static int64_t micros(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static struct sockaddr_in at(const char *address, const char *port) {
    struct sockaddr_in result = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    if (inet_pton(AF_INET, address, &result.sin_addr) != 1) {
        fprintf(stderr, "datagrams: %s is no IPv4 address\n", address);
        exit(2);
    }
    return result;
}

static int bound(const char *address, const char *port) {
    struct sockaddr_in name = at(address, port);
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0 || bind(s, (struct sockaddr *)&name, sizeof name) < 0) {
        fail("bind");
    }
    return s;
}

static void vector(struct mmsghdr *messages, struct iovec *parts, char *buffer, size_t stride, size_t octets) {
    memset(messages, 0, BATCH * sizeof *messages);
    for (int i = 0; i < BATCH; i++) {
        parts[i].iov_base = buffer + i * stride;
        parts[i].iov_len = octets;
        messages[i].msg_hdr.msg_iov = parts + i;
        messages[i].msg_hdr.msg_iovlen = 1;
    }
}

static void send_all(char **words) {
    struct sockaddr_in to = at(words[1], words[2]);
    size_t octets = (size_t)atoi(words[3]);
    int64_t end = micros() + atoi(words[4]) * 1000000LL;
    static char buffer[LARGEST];
    static struct mmsghdr messages[BATCH];
    static struct iovec parts[BATCH];
    if (octets > LARGEST) {
        fprintf(stderr, "datagrams: at most %d octets\n", LARGEST);
        exit(2);
    }
    int s = bound(words[0], "0");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) {
        fail("connect");
    }
    vector(messages, parts, buffer, 0, octets);
    int64_t sent = 0;
    while (micros() < end) {
        int n = sendmmsg(s, messages, BATCH, 0);
        if (n < 0 && errno != ENOBUFS && errno != EAGAIN) {
            fail("sendmmsg");
        }
        sent += n > 0 ? n : 0;
    }
    printf("sent=%lld\n", (long long)sent);
}

static void receive_all(char **words) {
    static char buffer[BATCH * 2048];
    static struct mmsghdr messages[BATCH];
    static struct iovec parts[BATCH];
    int octets = BUFFER;
    struct timeval patience = {.tv_sec = 30};
    int s = bound(words[0], words[1]);
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    vector(messages, parts, buffer, 2048, 2048);
    puts("ready");
    fflush(stdout);
    int64_t first = 0, last = 0, received = 0;
    for (int n; (n = recvmmsg(s, messages, BATCH, MSG_WAITFORONE, NULL)) > 0; received += n) {
        last = micros();
        if (first == 0) {
            first = last;
            patience.tv_sec = 1;
            setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        }
    }
    printf("received=%lld micros=%lld\n", (long long)received, (long long)(last - first));
}

int main(int count, char **words) {
    if (count == 7 && strcmp(words[1], "send") == 0) {
        send_all(words + 2);
    } else if (count == 4 && strcmp(words[1], "receive") == 0) {
        receive_all(words + 2);
    } else {
        fputs("datagrams: expected send FROM TO PORT OCTETS SECONDS, or receive AT PORT\n", stderr);
        return 2;
    }
    return 0;
}
