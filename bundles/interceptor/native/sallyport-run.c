/*
 * sallyport-run SOCKET PROGRAM [ARGUMENT...]
 *
 * Puts itself under a seccomp filter that stops the calls which name a peer, hands the filter's listener to the Sallyport
 * daemon that listens at SOCKET, and executes PROGRAM. Everything PROGRAM starts is under the filter as well.
 *
 * Exit status: PROGRAM's, or 125 when this launcher fails, 126 when PROGRAM cannot be executed, 127 when it is not found.
 *
 * With --print-filter alone it prints the filter, as hexadecimal struct sock_filter.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "x86_64 and aarch64 are supported"
#endif

#define FAILED 125
#define CANNOT_EXECUTE 126
#define NOT_FOUND 127

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define IF_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define IF_AT_LEAST(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (value), (yes), (no))
#define GIVE(verdict) BPF_STMT(BPF_RET | BPF_K, (verdict))
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n))

/* The same program as org.sallyport.linux.seccomp.FilterProgram; a test compares them. */
static struct sock_filter filter[] = {
    LOAD(offsetof(struct seccomp_data, arch)),
    IF_EQUAL(ARCHITECTURE, 1, 0),
    GIVE(SECCOMP_RET_ERRNO | ENOSYS),
    LOAD(offsetof(struct seccomp_data, nr)),
    IF_AT_LEAST(0x40000000, 0, 1), /* x32 */
    GIVE(SECCOMP_RET_ERRNO | ENOSYS),
    IF_EQUAL(SYS_connect, 11, 0),
    IF_EQUAL(SYS_sendmsg, 10, 0),
    IF_EQUAL(SYS_sendmmsg, 9, 0),
    IF_EQUAL(SYS_sendto, 4, 0),
    IF_AT_LEAST(425, 0, 2), /* io_uring_setup, io_uring_enter, io_uring_register would go round the filter */
    IF_AT_LEAST(428, 1, 0),
    GIVE(SECCOMP_RET_ERRNO | ENOSYS),
    GIVE(SECCOMP_RET_ALLOW),
    LOAD(ARGUMENT(4)), /* sendto: is there an address? */
    IF_EQUAL(0, 0, 2),
    LOAD(ARGUMENT(4) + 4),
    IF_EQUAL(0, 1, 0),
    GIVE(SECCOMP_RET_USER_NOTIF),
    GIVE(SECCOMP_RET_ALLOW),
};

static struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

static int fail(int status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("sallyport-run: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return status;
}

static int print_filter(void) {
    const unsigned char *octets = (const unsigned char *)filter;
    for (size_t i = 0; i < sizeof filter; i++) {
        printf("%02x", octets[i]);
    }
    putchar('\n');
    return 0;
}

static int connect_to_daemon(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    int daemon = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (daemon >= 0 && connect(daemon, (struct sockaddr *)&address, sizeof address) != 0) {
        int reason = errno;
        close(daemon);
        errno = reason;
        return -1;
    }
    return daemon;
}

static int explain_connect(const char *path) {
    switch (errno) {
    case ENOENT:
    case ECONNREFUSED:
        return fail(FAILED, "nobody listens at %s: the appliance is not running. Start it with ./sallyport start", path);
    case EACCES:
        return fail(FAILED, "you may not use %s: its directory must let you in (chmod o+x)", path);
    default:
        return fail(FAILED, "%s: %s", path, strerror(errno));
    }
}

/* An ordinary user may filter only after giving up setuid programs; root need not. */
static int install(void) {
    int listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (listener < 0 && errno == EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
        listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    }
    return listener;
}

static int explain_install(void) {
    switch (errno) {
    case EBUSY:
        return fail(FAILED, "this shell runs under sallyport-run, or another supervisor, already");
    case EINVAL:
    case ENOSYS:
        return fail(FAILED, "this kernel has no seccomp user notification (Linux 5.0 with CONFIG_SECCOMP_FILTER brings it): "
                            "no socket request can be held");
    default:
        return fail(FAILED, "seccomp: %s", strerror(errno));
    }
}

/* With the filter on, sending the listener as a message would be stopped by it: the daemon takes it instead. */
static int hand_over(int daemon, int listener) {
    char message[64];
    char answer[512];
    int length = snprintf(message, sizeof message, "%d %d\n", (int)getpid(), listener);
    ssize_t received = 0;
    if (write(daemon, message, (size_t)length) == length) {
        received = read(daemon, answer, sizeof answer - 1);
    }
    if (received <= 0) {
        return fail(FAILED, "the daemon went away or is too busy; try again");
    }
    answer[received] = 0;
    answer[strcspn(answer, "\n")] = 0;
    return strcmp(answer, "ok") == 0 ? 0 : fail(FAILED, "%s", answer);
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "--print-filter") == 0) {
        return print_filter();
    }
    if (count < 3) {
        return fail(FAILED, "usage: sallyport-run SOCKET PROGRAM [ARGUMENT...]");
    }
    int daemon = connect_to_daemon(arguments[1]);
    if (daemon < 0) {
        return explain_connect(arguments[1]);
    }
    int listener = install();
    if (listener < 0) {
        return explain_install();
    }
    int refused = hand_over(daemon, listener);
    if (refused != 0) {
        return refused;
    }
    close(listener);
    close(daemon);
    execvp(arguments[2], arguments + 2);
    int reason = errno;
    return fail(reason == ENOENT ? NOT_FOUND : CANNOT_EXECUTE, "%s: %s", arguments[2], strerror(reason));
}
