/*
 * socket-calls ADDRESS PORT [PORT...]
 *
 * Makes socket calls towards ADDRESS and times them. Each line on standard input is an order, and is answered by one line
 * of "key=value" words on standard output:
 *
 *   connect BURSTS          connect() of one UDP socket, to each PORT in turn
 *   sendto CALLS            sendto() of one unconnected UDP socket, to each PORT in turn: one by one, since the data plane
 *                           would want the processor for the packet before while the call waits for its answer
 *   send BURSTS             send() of one UDP socket that is connected to the first PORT
 *   tcp CALLS               blocking connect() of a new TCP socket each time, to the first PORT
 *                           calls=, failed=, and tenth_ns=, median_ns=, ninetieth_ns= of what one call took: the mean of
 *                           each burst, or the call itself
 *   crowd PROCESSES THREADS makes threads that wait for the next order; answers ready=
 *   go                      each of them calls a blocking connect() of a TCP socket of its own, to the first PORT, at once
 *                           calls=, failed=, errno= of one that failed, and the first, the middle and the last call and
 *                           return in microseconds since the epoch; then all sockets are closed
 *
 * It is written in C so that what is timed is the call, not the language.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BURST 32
#define PAUSE_NANOS 400000 /* in which the data plane takes what a burst has sent: its queue must never fill */
#define MOST_SAMPLES 100000
#define MOST_PORTS 16
#define MOST_PROCESSES 64
#define STACK (32 * 1024)

static struct sockaddr_in peers[MOST_PORTS];
static int peer_count;
static char payload[64];
static int64_t samples[MOST_SAMPLES];

struct seat {
    int64_t called;
    int64_t returned;
    int failed;
};

struct crowd {
    pthread_barrier_t start;
    int answered;
    struct seat seats[];
};

static struct crowd *crowd;
static int crowd_size;
static size_t crowd_bytes;
static pid_t crowd_processes[MOST_PROCESSES];
static int crowd_process_count;

static void fail(const char *what) {
    fprintf(stderr, "socket-calls: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void answer(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}

static int64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int open_socket(int type) {
    int made = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (made < 0) {
        fail("socket");
    }
    return made;
}

static int connect_to(int descriptor, int peer) {
    return connect(descriptor, (struct sockaddr *)&peers[peer], sizeof peers[peer]);
}

static int ascending(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* By nearest rank. */
static int64_t quantile(const int64_t *sorted, int count, int percent) {
    int rank = (count * percent + 99) / 100;
    return sorted[rank == 0 ? 0 : rank - 1];
}

static void tell(int taken, long calls, long failed) {
    qsort(samples, (size_t)taken, sizeof samples[0], ascending);
    answer("calls=%ld failed=%ld tenth_ns=%lld median_ns=%lld ninetieth_ns=%lld", calls, failed,
           (long long)quantile(samples, taken, 10), (long long)quantile(samples, taken, 50),
           (long long)quantile(samples, taken, 90));
}

static int call_connect(int descriptor, int number) {
    return connect_to(descriptor, number % peer_count);
}

static int call_sendto(int descriptor, int number) {
    int peer = number % peer_count;
    return (int)sendto(descriptor, payload, sizeof payload, 0, (struct sockaddr *)&peers[peer], sizeof peers[peer]);
}

static int call_send(int descriptor, int number) {
    (void)number;
    return (int)send(descriptor, payload, sizeof payload, 0);
}

static void bursts(int count, int length, int descriptor, int (*call)(int, int)) {
    const struct timespec pause = {0, PAUSE_NANOS};
    long failed = 0;
    for (int burst = 0; burst < count; burst++) {
        int64_t began = now(CLOCK_MONOTONIC);
        for (int i = 0; i < length; i++) {
            failed += call(descriptor, burst + i) < 0;
        }
        samples[burst] = (now(CLOCK_MONOTONIC) - began) / length;
        nanosleep(&pause, NULL);
    }
    tell(count, (long)count * length, failed);
}

/* Will be closed by a reset, so that no port stays behind. */
static int open_stream(void) {
    const struct linger none = {1, 0};
    int made = open_socket(SOCK_STREAM);
    setsockopt(made, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    return made;
}

static void tcp(int count) {
    long failed = 0;
    for (int i = 0; i < count; i++) {
        int made = open_stream();
        int64_t began = now(CLOCK_MONOTONIC);
        failed += connect_to(made, 0) < 0;
        samples[i] = now(CLOCK_MONOTONIC) - began;
        close(made);
    }
    tell(count, count, failed);
}

static _Noreturn void stay(void) {
    for (;;) {
        pause();
    }
}

static void *sit(void *argument) {
    struct seat *seat = argument;
    int made = open_stream();
    pthread_barrier_wait(&crowd->start);
    seat->called = now(CLOCK_REALTIME);
    int status = connect_to(made, 0);
    seat->returned = now(CLOCK_REALTIME);
    seat->failed = status < 0 ? errno : 0;
    __atomic_add_fetch(&crowd->answered, 1, __ATOMIC_RELEASE);
    stay(); /* Nothing is closed while others still wait. */
}

static _Noreturn void seat_threads(int first, int count) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_attr_setguardsize(&attributes, 0);
    for (int i = 0; i < count; i++) {
        pthread_t thread;
        errno = pthread_create(&thread, &attributes, sit, &crowd->seats[first + i]);
        if (errno != 0) {
            fail("pthread_create");
        }
    }
    stay();
}

static void dismiss(void) {
    for (int i = 0; i < crowd_process_count; i++) {
        kill(crowd_processes[i], SIGKILL);
    }
    for (int i = 0; i < crowd_process_count; i++) {
        waitpid(crowd_processes[i], NULL, 0);
    }
    munmap(crowd, crowd_bytes);
    crowd = NULL;
}

static void gather(int processes, int threads) {
    if (processes > MOST_PROCESSES || processes * threads > MOST_SAMPLES) {
        errno = E2BIG;
        fail("crowd");
    }
    crowd_size = processes * threads;
    crowd_bytes = sizeof *crowd + (size_t)crowd_size * sizeof crowd->seats[0];
    crowd = mmap(NULL, crowd_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (crowd == MAP_FAILED) {
        fail("mmap");
    }
    pthread_barrierattr_t shared;
    pthread_barrierattr_init(&shared);
    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&crowd->start, &shared, (unsigned)crowd_size + 1);
    crowd_process_count = processes;
    for (int i = 0; i < processes; i++) {
        crowd_processes[i] = fork();
        if (crowd_processes[i] < 0) {
            fail("fork");
        }
        if (crowd_processes[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            seat_threads(i * threads, threads);
        }
    }
    answer("ready=%d", crowd_size);
}

static void let_go(void) {
    const struct timespec look = {0, 10000000};
    pthread_barrier_wait(&crowd->start);
    while (__atomic_load_n(&crowd->answered, __ATOMIC_ACQUIRE) < crowd_size) {
        nanosleep(&look, NULL);
    }
    int failed = 0, error = 0;
    int64_t called = 0;
    for (int i = 0; i < crowd_size; i++) {
        struct seat *seat = &crowd->seats[i];
        failed += seat->failed != 0;
        error = seat->failed != 0 ? seat->failed : error;
        called = seat->called > called ? seat->called : called;
        samples[i] = seat->returned;
    }
    qsort(samples, (size_t)crowd_size, sizeof samples[0], ascending);
    answer("calls=%d failed=%d errno=%d last_called_us=%lld first_returned_us=%lld median_returned_us=%lld last_returned_us=%lld",
           crowd_size, failed, error, (long long)(called / 1000), (long long)(samples[0] / 1000),
           (long long)(quantile(samples, crowd_size, 50) / 1000), (long long)(samples[crowd_size - 1] / 1000));
    dismiss();
}

/* Made when it is first needed: to connect is to ask for protection. */
static int connected(void) {
    static int made = -1;
    if (made < 0) {
        made = open_socket(SOCK_DGRAM);
        if (connect_to(made, 0) < 0) {
            fail("connect");
        }
    }
    return made;
}

static void obey(const char *order, int first, int second, const int *sockets) {
    if (strcmp(order, "crowd") == 0) {
        gather(first, second);
    } else if (strcmp(order, "go") == 0 && crowd != NULL) {
        let_go();
    } else if (first < 1 || first > MOST_SAMPLES) {
        errno = EINVAL;
        fail(order);
    } else if (strcmp(order, "connect") == 0) {
        bursts(first, BURST, sockets[0], call_connect);
    } else if (strcmp(order, "sendto") == 0) {
        bursts(first, 1, sockets[1], call_sendto);
    } else if (strcmp(order, "send") == 0) {
        bursts(first, BURST, connected(), call_send);
    } else if (strcmp(order, "tcp") == 0) {
        tcp(first);
    } else {
        errno = EINVAL;
        fail(order);
    }
}

int main(int count, char **arguments) {
    if (count < 3 || count - 2 > MOST_PORTS) {
        fputs("usage: socket-calls ADDRESS PORT [PORT...]\n", stderr);
        return 2;
    }
    peer_count = count - 2;
    for (int i = 0; i < peer_count; i++) {
        peers[i].sin_family = AF_INET;
        peers[i].sin_port = htons((uint16_t)atoi(arguments[i + 2]));
        if (inet_pton(AF_INET, arguments[1], &peers[i].sin_addr) != 1) {
            errno = EINVAL;
            fail(arguments[1]);
        }
    }
    int sockets[] = {open_socket(SOCK_DGRAM), open_socket(SOCK_DGRAM)};
    char line[128], order[16];
    while (fgets(line, sizeof line, stdin) != NULL) {
        int first = 0, second = 0;
        if (sscanf(line, "%15s %d %d", order, &first, &second) >= 1) {
            obey(order, first, second, sockets);
        }
    }
    return 0;
}
