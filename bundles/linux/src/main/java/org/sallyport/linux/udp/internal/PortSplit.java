package org.sallyport.linux.udp.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The classic BPF program that says which of the sockets on port 4500 gets a datagram: index 0, IKE's, when it begins
 * with the non-ESP marker (RFC 3948 section 2.2), else 1 + SPI modulo the number of workers. What is too short for
 * either, such as a NAT keep-alive, goes to the first worker.
 */
final class PortSplit {
    static final int SO_ATTACH_REUSEPORT_CBPF = 51;

    private static final int LOAD_LENGTH = 0x80;
    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_IF_AT_LEAST = 0x35;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int MODULO = 0x94;
    private static final int ADD = 0x04;
    private static final int RETURN = 0x06;
    private static final int RETURN_ACCUMULATOR = 0x16;

    private PortSplit() {}

    /** Makes struct sock_fprog; its instructions live in the same arena. */
    static MemorySegment program(Arena arena, int workers) {
        return BpfProgram.assemble(
                arena,
                new int[] {LOAD_LENGTH, 0, 0, 0},
                new int[] {JUMP_IF_AT_LEAST, 1, 0, 4},
                new int[] {RETURN, 0, 0, 1},
                new int[] {LOAD_WORD, 0, 0, 0},
                new int[] {JUMP_IF_EQUAL, 0, 1, 0},
                new int[] {RETURN, 0, 0, 0},
                new int[] {MODULO, 0, 0, workers},
                new int[] {ADD, 0, 0, 1},
                new int[] {RETURN_ACCUMULATOR, 0, 0, 0});
    }
}
