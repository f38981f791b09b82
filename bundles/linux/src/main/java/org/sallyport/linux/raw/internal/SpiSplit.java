package org.sallyport.linux.raw.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.udp.internal.BpfProgram;

/**
 * The classic BPF program by which one worker's raw socket takes the packets whose SPI is the worker's number modulo the
 * number of workers: the kernel shows a packet to every raw socket of its protocol, with the IP header where it is
 * IPv4's. What is too short for an SPI is nobody's.
 */
final class SpiSplit {
    static final int SO_ATTACH_FILTER = 26;

    private static final int HEADER_LENGTH_OF_IPV4 = 0xb1;
    private static final int NO_HEADER = 0x01;
    private static final int LOAD_WORD_BEHIND_HEADER = 0x40;
    private static final int MODULO = 0x94;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;

    private SpiSplit() {}

    static MemorySegment program(Arena arena, RawProtocol protocol, Family family, int worker, int workers) {
        return BpfProgram.assemble(
                arena,
                new int[] {family == Family.IPV4 ? HEADER_LENGTH_OF_IPV4 : NO_HEADER, 0, 0, 0},
                new int[] {LOAD_WORD_BEHIND_HEADER, 0, 0, protocol.spiOffset()},
                new int[] {MODULO, 0, 0, workers},
                new int[] {JUMP_IF_EQUAL, 0, 1, worker},
                new int[] {RETURN, 0, 0, -1},
                new int[] {RETURN, 0, 0, 0});
    }
}
