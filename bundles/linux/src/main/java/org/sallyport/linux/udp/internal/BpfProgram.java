package org.sallyport.linux.udp.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Classic BPF as the kernel takes it for a socket. */
public final class BpfProgram {
    private BpfProgram() {}

    /**
     * Makes struct sock_fprog; its instructions live in the same arena.
     *
     * @param instructions each of code, jump if true, jump if false, operand
     */
    public static MemorySegment assemble(Arena arena, int[]... instructions) {
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
