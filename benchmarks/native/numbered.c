/*
 * numbered send FROM TO PORT OCTETS RATE
 * numbered collect AT PORT FILE
 *
 * The first sends numbered datagrams, RATE a second in steps of a millisecond, until it is terminated; then it prints sent=
 * and refused=. The second prints "ready" and writes the number of each datagram to FILE, eight octets in the order of
 * arrival, until it is terminated; then it prints received=. A datagram begins with a sentence and its number of eight
 * octets, as those of the tests do.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 64
#define LARGEST 2048
#define MARK "numbered in clear"
#define MARK_OCTETS (sizeof MARK - 1)
#define SMALLEST (MARK_OCTETS + 8)
#define BUFFER (8 << 20)
#define STEPS 1000

static volatile sig_atomic_t over;

static void end(int number) {
    (void)number;
    over = 1;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static struct sockaddr_in at(const char *address, const char *port) {
    struct sockaddr_in result = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    if (inet_pton(AF_INET, address, &result.sin_addr) != 1) {
        fprintf(stderr, "numbered: %s is no IPv4 address\n", address);
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

static char buffers[BATCH][LARGEST];
static struct mmsghdr messages[BATCH];
static struct iovec parts[BATCH];

static void vector(size_t octets) {
    for (int i = 0; i < BATCH; i++) {
        memcpy(buffers[i], MARK, MARK_OCTETS);
        parts[i].iov_base = buffers[i];
        parts[i].iov_len = octets;
        messages[i].msg_hdr.msg_iov = parts + i;
        messages[i].msg_hdr.msg_iovlen = 1;
    }
}

/* What the kernel refuses counts as sent: a loss like any other, which the second number tells of. */
static void send_until(int s, uint64_t target, uint64_t *next, uint64_t *refused) {
    while (*next < target && !over) {
        int count = target - *next < BATCH ? (int)(target - *next) : BATCH;
        for (int i = 0; i < count; i++) {
            uint64_t number = htobe64(*next + (uint64_t)i);
            memcpy(buffers[i] + MARK_OCTETS, &number, 8);
        }
        int n = sendmmsg(s, messages, (unsigned)count, 0);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            n = 1;
            ++*refused;
        }
        *next += (uint64_t)n;
    }
}

static void send_all(char **words) {
    struct sockaddr_in to = at(words[1], words[2]);
    size_t octets = (size_t)atoi(words[3]);
    uint64_t rate = (uint64_t)atoll(words[4]);
    if (octets < SMALLEST || octets > LARGEST || rate == 0) {
        fprintf(stderr, "numbered: %zu to %d octets, and a rate\n", SMALLEST, LARGEST);
        exit(2);
    }
    int s = bound(words[0], "0");
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) {
        fail("connect");
    }
    vector(octets);
    uint64_t next = 0, refused = 0, begun = 0;
    struct timespec step;
    clock_gettime(CLOCK_MONOTONIC, &step);
    for (uint64_t i = 1; !over; i++) {
        step.tv_nsec += 1000000000L / STEPS;
        step.tv_sec += step.tv_nsec / 1000000000L;
        step.tv_nsec %= 1000000000L;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &step, NULL);
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec > step.tv_sec || now.tv_nsec - step.tv_nsec > 5000000L) {
            step = now; /* it was held up: what it missed is not made up for in a burst */
        }
        begun += rate;
        send_until(s, begun / STEPS, &next, &refused);
    }
    printf("sent=%llu refused=%llu\n", (unsigned long long)next, (unsigned long long)refused);
}

static void collect_all(char **words) {
    int octets = BUFFER;
    FILE *file = fopen(words[2], "w");
    int s = bound(words[0], words[1]);
    if (file == NULL) {
        fail(words[2]);
    }
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets);
    vector(LARGEST);
    puts("ready");
    fflush(stdout);
    uint64_t received = 0;
    while (!over) {
        int n = recvmmsg(s, messages, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < n; i++) {
            if (messages[i].msg_len >= SMALLEST && memcmp(buffers[i], MARK, MARK_OCTETS) == 0) {
                fwrite(buffers[i] + MARK_OCTETS, 8, 1, file);
                received++;
            }
        }
    }
    if (fclose(file) != 0) {
        fail(words[2]);
    }
    printf("received=%llu\n", (unsigned long long)received);
}

int main(int count, char **words) {
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    if (count == 7 && strcmp(words[1], "send") == 0) {
        send_all(words + 2);
    } else if (count == 5 && strcmp(words[1], "collect") == 0) {
        collect_all(words + 2);
    } else {
        fputs("numbered: expected send FROM TO PORT OCTETS RATE, or collect AT PORT FILE\n", stderr);
        return 2;
    }
    return 0;
}
