/*
 * sallyport-keeper SOCKET
 *
 * Keeps the seccomp listeners of programs under the interceptor, and the memory with the calls that were received and not
 * answered, while the Sallyport daemon is away: a listener that nobody holds fails its programs' calls for good. It reads
 * and answers no call itself, so that nothing goes on but what a daemon lets go on. It puts itself into the background
 * once it listens at SOCKET, which only its own user may use, and serves one daemon at a time, line by line:
 *
 *   hello 1 SECONDS MAXIMUM             kept NUMBER LISTENER MEMORY PID USER for each, then ok
 *   keep LISTENER MEMORY PID USER       kept NUMBER
 *   forget NUMBER                       ok
 *   end                                 ok
 *
 * or "refused WHY". LISTENER and MEMORY are descriptors of whoever says so; the other side takes them (pidfd_getfd).
 *
 * It ends when the daemon has gone and it keeps nothing, or SECONDS after the daemon has gone, or when it is told to.
 *
 * sallyport-keeper --end SOCKET tells the one that listens there to end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

#define FAILED 125
#define VERSION 1
#define LONGEST_LINE 128
#define LARGEST_MAXIMUM 1000000
#define LONGEST_PATIENCE (INT_MAX / 1000)
#define PATIENCE_BEFORE_THE_FIRST 30

struct kept {
    int used;
    int listener;
    int memory;
    int pid;
    unsigned long user;
};

static struct kept *entries;
static int capacity;
static int maximum;
static int count;
static int patience = PATIENCE_BEFORE_THE_FIRST;

static int fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("sallyport-keeper: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return FAILED;
}

static int set_address(struct sockaddr_un *address, const char *path) {
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    strcpy(address->sun_path, path);
    return 0;
}

static int connect_to(const char *path) {
    struct sockaddr_un address;
    if (set_address(&address, path) != 0) {
        return -1;
    }
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection >= 0 && connect(connection, (struct sockaddr *)&address, sizeof address) != 0) {
        int reason = errno;
        close(connection);
        errno = reason;
        return -1;
    }
    return connection;
}

/* What a keeper that is no more has left is replaced; a living one, or something else, is not. */
static int listen_at(const char *path) {
    struct sockaddr_un address;
    struct stat there;
    if (set_address(&address, path) != 0) {
        return -1;
    }
    int other = connect_to(path);
    if (other >= 0) {
        close(other);
        errno = EADDRINUSE;
        return -1;
    }
    if (lstat(path, &there) == 0 && S_ISSOCK(there.st_mode)) {
        unlink(path);
    }
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t before = umask(0177);
    int bound = listening < 0 ? -1 : bind(listening, (struct sockaddr *)&address, sizeof address);
    int reason = errno;
    umask(before);
    errno = reason;
    return bound == 0 && listen(listening, 4) == 0 ? listening : -1;
}

static int refuse(int connection, const char *why) {
    return dprintf(connection, "refused %s\n", why);
}

static int list(int connection) {
    for (int i = 0; i < capacity; i++) {
        struct kept *entry = entries + i;
        if (entry->used
            && dprintf(connection, "kept %d %d %d %d %lu\n", i, entry->listener, entry->memory, entry->pid, entry->user) < 0) {
            return -1;
        }
    }
    return dprintf(connection, "ok\n");
}

static int hello(int connection, const char *line) {
    int version, seconds, most;
    if (sscanf(line, "hello %d %d %d", &version, &seconds, &most) != 3 || version != VERSION || seconds < 0 || most < 1) {
        return refuse(connection, "it speaks another version than this keeper");
    }
    patience = seconds < LONGEST_PATIENCE ? seconds : LONGEST_PATIENCE;
    maximum = most < LARGEST_MAXIMUM ? most : LARGEST_MAXIMUM;
    return list(connection);
}

/* The lowest free place, or -1. */
static int place(void) {
    for (int i = 0; i < capacity; i++) {
        if (!entries[i].used) {
            return i;
        }
    }
    struct kept *larger = realloc(entries, (capacity + 64) * sizeof *entries);
    if (larger == NULL) {
        return -1;
    }
    entries = larger;
    memset(entries + capacity, 0, 64 * sizeof *entries);
    capacity += 64;
    return capacity - 64;
}

static int keep(int connection, int daemon, const char *line) {
    struct kept entry = {.used = 1};
    int listener, memory;
    if (sscanf(line, "keep %d %d %d %lu", &listener, &memory, &entry.pid, &entry.user) != 4) {
        return refuse(connection, "a keep names listener, memory, process and user");
    }
    int number = count < maximum ? place() : -1;
    if (number < 0) {
        return refuse(connection, "it keeps as many as it may already");
    }
    entry.listener = syscall(SYS_pidfd_getfd, daemon, listener, 0);
    entry.memory = entry.listener < 0 ? -1 : syscall(SYS_pidfd_getfd, daemon, memory, 0);
    if (entry.memory < 0) {
        int reason = errno;
        close(entry.listener);
        return refuse(connection, strerror(reason));
    }
    entries[number] = entry;
    count++;
    return dprintf(connection, "kept %d\n", number);
}

static int forget(int connection, const char *line) {
    int number;
    if (sscanf(line, "forget %d", &number) != 1 || number < 0 || number >= capacity || !entries[number].used) {
        return refuse(connection, "it keeps no such listener");
    }
    close(entries[number].listener);
    close(entries[number].memory);
    entries[number].used = 0;
    count--;
    return dprintf(connection, "ok\n");
}

/* Serves one daemon until it goes away; answers whether to end. */
static int serve(int connection) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.uid != geteuid()) {
        close(connection);
        return 0;
    }
    int daemon = syscall(SYS_pidfd_open, peer.pid, 0);
    FILE *requests = fdopen(connection, "r");
    char line[LONGEST_LINE];
    int ended = 0;
    int written = 0;
    while (!ended && written >= 0 && requests != NULL && fgets(line, sizeof line, requests) != NULL) {
        if (strncmp(line, "hello ", 6) == 0) {
            written = hello(connection, line);
        } else if (strncmp(line, "keep ", 5) == 0) {
            written = keep(connection, daemon, line);
        } else if (strncmp(line, "forget ", 7) == 0) {
            written = forget(connection, line);
        } else if (strcmp(line, "end\n") == 0) {
            ended = 1;
            written = dprintf(connection, "ok\n");
        } else {
            written = refuse(connection, "it does not know this request");
        }
    }
    if (requests != NULL) {
        fclose(requests);
    } else {
        close(connection);
    }
    close(daemon);
    return ended;
}

/* Who connects while a daemon is served waits until that one has gone. */
static void serve_all(int listening) {
    struct pollfd entry = {.fd = listening, .events = POLLIN};
    for (;;) {
        int ready = poll(&entry, 1, patience * 1000);
        if (ready == 0) {
            return;
        }
        int connection = ready < 0 ? -1 : accept4(listening, NULL, NULL, SOCK_CLOEXEC);
        if (connection < 0) {
            poll(NULL, 0, 100);
        } else if (serve(connection) || count == 0) {
            return;
        }
    }
}

static void raise_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int run(const char *path, int ready) {
    setsid();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    raise_limit();
    int listening = listen_at(path);
    if (listening < 0) {
        return fail("%s: %s", path, strerror(errno));
    }
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing < 0 || chdir("/") != 0) {
        return fail("/dev/null: %s", strerror(errno));
    }
    for (int standard = 0; standard <= 2; standard++) {
        dup2(nothing, standard);
    }
    if (write(ready, "k", 1) != 1) {
        return FAILED;
    }
    close(ready);
    serve_all(listening);
    unlink(path);
    return 0;
}

/* Ends once the one in the background listens. */
static int start(const char *path) {
    int ready[2];
    char sign;
    syscall(SYS_close_range, 3, ~0U, 0);
    if (pipe2(ready, O_CLOEXEC) != 0) {
        return fail("pipe: %s", strerror(errno));
    }
    pid_t child = fork();
    if (child < 0) {
        return fail("fork: %s", strerror(errno));
    }
    if (child == 0) {
        close(ready[0]);
        return run(path, ready[1]);
    }
    close(ready[1]);
    return read(ready[0], &sign, 1) == 1 ? 0 : FAILED;
}

static int end(const char *path) {
    char answer[8];
    int connection = connect_to(path);
    if (connection < 0) {
        return errno == ENOENT || errno == ECONNREFUSED ? 0 : fail("%s: %s", path, strerror(errno));
    }
    struct timeval limit = {.tv_sec = 5};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    int told = dprintf(connection, "end\n") > 0 && read(connection, answer, sizeof answer) > 0;
    return told ? 0 : fail("%s: it does not answer; does its daemon run?", path);
}

int main(int arguments, char **argument) {
    if (arguments == 3 && strcmp(argument[1], "--end") == 0) {
        return end(argument[2]);
    }
    if (arguments != 2) {
        return fail("usage: sallyport-keeper [--end] SOCKET");
    }
    return start(argument[1]);
}
