/*
 * spread send FROM FIRST ADDRESSES PORT OCTETS SEGMENTS WINDOW SECONDS COUNTER
 * spread receive PORT COUNTER
 *
 * The first sends datagrams to ADDRESSES IPv4 addresses from FIRST on, to each in turn SEGMENTS of them with one system
 * call (UDP_SEGMENT), as long as fewer than WINDOW are on their way; with SECONDS of 0 it goes through the addresses once.
 * The second counts what arrives into the file COUNTER, where the first sees it: so nothing is lost for want of room, and
 * what is measured is what the way carries. Each datagram holds words that a witness would know. The first prints sent=,
 * received=, lost= and micros=.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/udp.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

#define LARGEST 65507
#define BATCH 64
#define BUFFER (64 << 20)
#define PAUSE 20
/* What has not come by then is lost; while SAs are negotiated, it waits longer. */
#define PATIENCE 50000
#define PATIENCE_ONCE 5000000

static const char WORDS[] = "in clear for all to read; ";

static int64_t micros(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static _Atomic int64_t *counter(const char *file) {
    int f = open(file, O_RDWR | O_CREAT, 0600);
    if (f < 0 || ftruncate(f, sizeof(int64_t)) < 0) {
        fail(file);
    }
    void *shared = mmap(NULL, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, f, 0);
    if (shared == MAP_FAILED) {
        fail(file);
    }
    close(f);
    return shared;
}

static uint32_t address(const char *text) {
    struct in_addr result;
    if (inet_pton(AF_INET, text, &result) != 1) {
        fprintf(stderr, "spread: %s is no IPv4 address\n", text);
        exit(2);
    }
    return ntohl(result.s_addr);
}

static int bound(uint32_t at, int port) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(at)};
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0 || bind(s, (struct sockaddr *)&name, sizeof name) < 0) {
        fail("bind");
    }
    return s;
}

/* Waits until there is room for more; answers how many are given up. */
static int64_t await(_Atomic int64_t *arrived, int64_t expected, int64_t window, int64_t patience) {
    int64_t seen = atomic_load(arrived), since = micros();
    while (expected - seen >= window) {
        usleep(PAUSE);
        int64_t now = atomic_load(arrived);
        if (now != seen) {
            seen = now;
            since = micros();
        } else if (micros() - since > patience) {
            return expected - seen;
        }
    }
    return 0;
}

static void segmented(struct msghdr *message, char *control, size_t room, uint16_t octets) {
    message->msg_control = control;
    message->msg_controllen = room;
    struct cmsghdr *part = CMSG_FIRSTHDR(message);
    part->cmsg_level = IPPROTO_UDP;
    part->cmsg_type = UDP_SEGMENT;
    part->cmsg_len = CMSG_LEN(sizeof octets);
    memcpy(CMSG_DATA(part), &octets, sizeof octets);
}

static void send_all(char **words) {
    uint32_t first = address(words[1]);
    int64_t addresses = atoll(words[2]), octets = atoll(words[4]), segments = atoll(words[5]);
    int64_t window = atoll(words[6]), seconds = atoll(words[7]);
    static char text[LARGEST];
    static _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(uint16_t))];
    if (addresses < 1 || octets < 1 || segments < 1 || octets * segments > LARGEST || window < segments) {
        fprintf(stderr, "spread: at most %d octets at once, and a window as large\n", LARGEST);
        exit(2);
    }
    for (int64_t i = 0; i < octets * segments; i++) {
        text[i] = WORDS[i % octets % (int64_t)(sizeof WORDS - 1)];
    }
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[3]))};
    struct iovec part = {.iov_base = text, .iov_len = (size_t)(octets * segments)};
    struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1};
    if (segments > 1) {
        segmented(&message, control, sizeof control, (uint16_t)octets);
    }
    _Atomic int64_t *arrived = counter(words[8]);
    /* always by the same port: what stands for a flow stands from one run to the next */
    int s = bound(address(words[0]), atoi(words[3]) + 1);
    int64_t before = atomic_load(arrived), began = micros(), end = began + seconds * 1000000, sent = 0, lost = 0;
    int64_t patience = seconds == 0 ? PATIENCE_ONCE : PATIENCE;
    for (int64_t i = 0; seconds == 0 ? i < addresses : micros() < end; i++) {
        lost += await(arrived, before + sent - lost + segments, window, patience);
        to.sin_addr.s_addr = htonl(first + (uint32_t)(i % addresses));
        if (sendmsg(s, &message, 0) >= 0) {
            sent += segments;
        } else if (errno != ENOBUFS && errno != EAGAIN) {
            fail("sendmsg");
        }
    }
    int64_t took = micros() - began;
    int64_t received = atomic_load(arrived) - before;
    /* what is still under way belongs to nobody's next measurement */
    lost += await(arrived, before + sent - lost, 1, patience);
    if (seconds == 0) {
        received = atomic_load(arrived) - before;
    }
    printf("sent=%lld received=%lld lost=%lld micros=%lld\n", (long long)sent, (long long)received, (long long)lost,
           (long long)took);
}

static int64_t datagrams(struct mmsghdr *message) {
    struct msghdr *header = &message->msg_hdr;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part != NULL; part = CMSG_NXTHDR(header, part)) {
        if (part->cmsg_level == IPPROTO_UDP && part->cmsg_type == UDP_GRO) {
            int each;
            memcpy(&each, CMSG_DATA(part), sizeof each);
            return (message->msg_len + each - 1) / each;
        }
    }
    return 1;
}

static void receive_all(char **words) {
    static char text[BATCH][LARGEST];
    static _Alignas(struct cmsghdr) char control[BATCH][CMSG_SPACE(sizeof(int))];
    static struct mmsghdr messages[BATCH];
    static struct iovec parts[BATCH];
    int octets = BUFFER, on = 1;
    _Atomic int64_t *arrived = counter(words[1]);
    int s = bound(INADDR_ANY, atoi(words[0]));
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets);
    if (setsockopt(s, IPPROTO_UDP, UDP_GRO, &on, sizeof on) < 0) {
        fail("UDP_GRO");
    }
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){.iov_base = text[i], .iov_len = LARGEST};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = parts + i, .msg_iovlen = 1, .msg_control = control[i]};
    }
    puts("ready");
    fflush(stdout);
    while (1) {
        for (int i = 0; i < BATCH; i++) {
            messages[i].msg_hdr.msg_controllen = sizeof control[i];
        }
        int n = recvmmsg(s, messages, BATCH, MSG_WAITFORONE, NULL);
        if (n < 0 && errno != EINTR) {
            fail("recvmmsg");
        }
        int64_t more = 0;
        for (int i = 0; i < n; i++) {
            more += datagrams(messages + i);
        }
        atomic_fetch_add(arrived, more);
    }
}

int main(int count, char **words) {
    if (count == 11 && strcmp(words[1], "send") == 0) {
        send_all(words + 2);
    } else if (count == 4 && strcmp(words[1], "receive") == 0) {
        receive_all(words + 2);
    } else {
        fputs("spread: expected send FROM FIRST ADDRESSES PORT OCTETS SEGMENTS WINDOW SECONDS COUNTER, or receive PORT COUNTER\n",
              stderr);
        return 2;
    }
    return 0;
}
