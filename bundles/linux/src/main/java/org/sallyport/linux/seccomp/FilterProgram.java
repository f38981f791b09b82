package org.sallyport.linux.seccomp;

import static org.sallyport.linux.ErrnoNames.ENOSYS;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The classic BPF program that decides which calls are told to the listener: connect, sendto with an address, sendmsg
 * and sendmmsg. A foreign architecture's calls and io_uring, by which a program could go round it, get ENOSYS;
 * everything else passes. Immutable.
 *
 * <p>The launcher in C carries the same program; a test compares them.
 */
public final class FilterProgram {
    private static final int INSTRUCTION_BYTES = 8;

    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_GREATER_OR_EQUAL = 0x35;
    private static final int RETURN = 0x06;

    private static final int RETURN_ALLOW = 0x7fff0000;
    private static final int RETURN_USER_NOTIFICATION = 0x7fc00000;
    private static final int RETURN_ERRNO = 0x00050000;

    private static final int NUMBER_OFFSET = 0;
    private static final int ARCHITECTURE_OFFSET = 4;
    private static final int ARGUMENTS_OFFSET = 16;

    private static final int X32_BIT = 0x40000000;
    /** io_uring_setup, io_uring_enter and io_uring_register: 425 to 427 everywhere. */
    private static final int IO_URING_FIRST = 425;

    private static final int IO_URING_AFTER = 428;
    private static final int SENDTO_ADDRESS = 4;

    private final List<Instruction> instructions;

    private record Instruction(int code, int ifTrue, int ifFalse, int operand) {}

    private FilterProgram(List<Instruction> instructions) {
        this.instructions = List.copyOf(instructions);
    }

    /** Returns the program for an architecture. */
    public static FilterProgram forArchitecture(Architecture architecture) {
        List<Instruction> program = new ArrayList<>();
        program.add(load(ARCHITECTURE_OFFSET));
        program.add(new Instruction(JUMP_EQUAL, 1, 0, architecture.auditValue()));
        program.add(give(RETURN_ERRNO | ENOSYS));
        program.add(load(NUMBER_OFFSET));
        program.add(new Instruction(JUMP_GREATER_OR_EQUAL, 0, 1, X32_BIT));
        program.add(give(RETURN_ERRNO | ENOSYS));
        // Forward jumps count the instructions in between; the tail below starts at index 13.
        program.add(new Instruction(JUMP_EQUAL, 11, 0, architecture.number(SocketCall.CONNECT)));
        program.add(new Instruction(JUMP_EQUAL, 10, 0, architecture.number(SocketCall.SENDMSG)));
        program.add(new Instruction(JUMP_EQUAL, 9, 0, architecture.number(SocketCall.SENDMMSG)));
        program.add(new Instruction(JUMP_EQUAL, 4, 0, architecture.number(SocketCall.SENDTO)));
        program.add(new Instruction(JUMP_GREATER_OR_EQUAL, 0, 2, IO_URING_FIRST));
        program.add(new Instruction(JUMP_GREATER_OR_EQUAL, 1, 0, IO_URING_AFTER));
        program.add(give(RETURN_ERRNO | ENOSYS));
        program.add(give(RETURN_ALLOW));
        program.add(load(lowHalf(SENDTO_ADDRESS)));
        program.add(new Instruction(JUMP_EQUAL, 0, 2, 0));
        program.add(load(lowHalf(SENDTO_ADDRESS) + Integer.BYTES));
        program.add(new Instruction(JUMP_EQUAL, 1, 0, 0));
        program.add(give(RETURN_USER_NOTIFICATION));
        program.add(give(RETURN_ALLOW));
        return new FilterProgram(program);
    }

    /** Returns the number of instructions. */
    public int length() {
        return instructions.size();
    }

    /** Returns the program as an array of {@code struct sock_filter}, in this machine's byte order. */
    public byte[] bytes() {
        ByteBuffer buffer = ByteBuffer.allocate(length() * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
        for (Instruction instruction : instructions) {
            buffer.putShort((short) instruction.code())
                    .put((byte) instruction.ifTrue())
                    .put((byte) instruction.ifFalse())
                    .putInt(instruction.operand());
        }
        return buffer.array();
    }

    private static Instruction load(int offset) {
        return new Instruction(LOAD_WORD, 0, 0, offset);
    }

    private static Instruction give(int verdict) {
        return new Instruction(RETURN, 0, 0, verdict);
    }

    private static int lowHalf(int argument) {
        return ARGUMENTS_OFFSET + argument * Long.BYTES;
    }
}
