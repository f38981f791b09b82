package org.sallyport.linux.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FilterProgramTest {
    private static final int ALLOW = 0x7fff0000;
    private static final int NOTIFY = 0x7fc00000;
    private static final int NOT_IMPLEMENTED = 0x00050000 | 38;

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void stopsTheCallsThatNameAPeer(Architecture architecture) {
        assertThat(verdict(architecture, architecture.number(SocketCall.CONNECT), 0))
                .isEqualTo(NOTIFY);
        assertThat(verdict(architecture, architecture.number(SocketCall.SENDMSG), 0))
                .isEqualTo(NOTIFY);
        assertThat(verdict(architecture, architecture.number(SocketCall.SENDMMSG), 0))
                .isEqualTo(NOTIFY);
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void stopsSendtoOnlyWithAnAddressWhicheverHalfOfThePointerIsSet(Architecture architecture) {
        int sendto = architecture.number(SocketCall.SENDTO);

        assertThat(verdict(architecture, sendto, 0)).isEqualTo(ALLOW);
        assertThat(verdict(architecture, sendto, 0x1000)).isEqualTo(NOTIFY);
        assertThat(verdict(architecture, sendto, 0x7f00_0000_0000L)).isEqualTo(NOTIFY);
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void letsEverythingElsePassButTheWaysRoundIt(Architecture architecture) {
        for (int number = 0; number < 500; number++) {
            boolean uring = number >= 425 && number <= 427;
            if (architecture.socketCall(number).isEmpty()) {
                assertThat(verdict(architecture, number, 1))
                        .as("system call %d", number)
                        .isEqualTo(uring ? NOT_IMPLEMENTED : ALLOW);
            }
        }
        assertThat(verdict(architecture, 0x40000000 | 42, 0)).isEqualTo(NOT_IMPLEMENTED);
        assertThat(run(architecture, 0x40000003, 42, 0)).isEqualTo(NOT_IMPLEMENTED);
    }

    private static int verdict(Architecture architecture, int number, long fifth) {
        return run(architecture, architecture.auditValue(), number, fifth);
    }

    /** Interprets the few instructions that the filter uses. */
    private static int run(Architecture architecture, int auditValue, int number, long fifth) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        data.putInt(0, number).putInt(4, auditValue).putLong(16 + 4 * 8, fifth);
        ByteBuffer code = ByteBuffer.wrap(
                        FilterProgram.forArchitecture(architecture).bytes())
                .order(ByteOrder.nativeOrder());
        int accumulator = 0;
        int at = 0;
        while (true) {
            int operation = code.getShort(at * 8);
            int ifTrue = code.get(at * 8 + 2);
            int ifFalse = code.get(at * 8 + 3);
            int operand = code.getInt(at * 8 + 4);
            at++;
            switch (operation) {
                case 0x20 -> accumulator = data.getInt(operand);
                case 0x15 -> at += accumulator == operand ? ifTrue : ifFalse;
                case 0x35 -> at += Integer.compareUnsigned(accumulator, operand) >= 0 ? ifTrue : ifFalse;
                case 0x06 -> {
                    return operand;
                }
                default -> throw new AssertionError("instruction " + operation);
            }
        }
    }
}
