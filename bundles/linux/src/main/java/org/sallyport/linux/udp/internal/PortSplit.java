package org.sallyport.linux.udp.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

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
        int[][] instructions = {
            {LOAD_LENGTH, 0, 0, 0},
            {JUMP_IF_AT_LEAST, 1, 0, 4},
            {RETURN, 0, 0, 1},
            {LOAD_WORD, 0, 0, 0},
            {JUMP_IF_EQUAL, 0, 1, 0},
            {RETURN, 0, 0, 0},
            {MODULO, 0, 0, workers},
            {ADD, 0, 0, 1},
            {RETURN_ACCUMULATOR, 0, 0, 0},
        };
        MemorySegment code = arena.allocate(instructions.length * 8L, 8);
        for (int i = 0; i < instructions.length; i++) {
            write(code.asSlice(i * 8L, 8), instructions[i]);
        }
        MemorySegment program = arena.allocate(16, 8);
        program.set(JAVA_SHORT, 0, (short) instructions.length);
        program.set(ADDRESS, 8, code);
        return program;
    }

    private static void write(MemorySegment at, int[] instruction) {
        at.set(JAVA_SHORT, 0, (short) instruction[0]);
        at.set(JAVA_BYTE, 2, (byte) instruction[1]);
        at.set(JAVA_BYTE, 3, (byte) instruction[2]);
        at.set(JAVA_INT, 4, instruction[3]);
    }
}
