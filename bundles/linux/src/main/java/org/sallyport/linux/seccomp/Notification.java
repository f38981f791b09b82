package org.sallyport.linux.seccomp;

/**
 * A system call that waits for an answer. Immutable.
 *
 * @param id what the answer names; unique for its listener
 * @param tid the calling thread, as this process sees it; 0 when it is in a PID namespace that this one cannot see
 * @param architecture the calling convention (AUDIT_ARCH_*)
 * @param number the system call's number
 * @param first its first argument, and so on; pointers are in the caller's address space
 */
public record Notification(
        long id,
        int tid,
        int architecture,
        int number,
        long first,
        long second,
        long third,
        long fourth,
        long fifth,
        long sixth) {}
