package org.sallyport.linux.tun.internal;

import java.lang.foreign.Arena;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.MissingFeatureException;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.internal.SystemCalls;

/** One open queue of a TUN device. */
final class TunFile implements AutoCloseable {
    private static final int OPEN_FLAGS = 2 | 0x800 | 0x80000;
    private static final long TUNSETIFF = 0x4004_54caL;
    private static final long TUNSETPERSIST = 0x4004_54cbL;
    private static final long TUNSETOFFLOAD = 0x4004_54d0L;
    private static final int TUN_NO_PI_VNET_MULTI_QUEUE = 1 | 0x1000 | 0x4000 | 0x100;
    private static final int OFFLOAD_CHECKSUM_TSO = 1 | 2 | 4 | 8;
    private static final int OFFLOAD_USO = 0x20 | 0x40;

    private final int descriptor;
    private final boolean udpSegmentation;

    private TunFile(int descriptor, boolean udpSegmentation) {
        this.descriptor = descriptor;
        this.udpSegmentation = udpSegmentation;
    }

    /** Makes the device, or attaches another queue of it. */
    static TunFile open(String name) {
        int descriptor = SystemCalls.open("/dev/net/tun", OPEN_FLAGS);
        if (descriptor < 0) {
            throw new MissingFeatureException(
                    "/dev/net/tun",
                    "no protected packet can be carried",
                    "Load the kernel module \"tun\" and give the process CAP_NET_ADMIN.",
                    -descriptor);
        }
        try {
            attach(descriptor, name);
            return new TunFile(descriptor, offload(descriptor));
        } catch (RuntimeException e) {
            SystemCalls.close(descriptor);
            throw e;
        }
    }

    private static void attach(int descriptor, String name) {
        try (Arena arena = Arena.ofConfined()) {
            int result = new InterfaceRequest(arena, name)
                    .withShort(TUN_NO_PI_VNET_MULTI_QUEUE)
                    .send(descriptor, TUNSETIFF);
            if (result < 0) {
                throw new LinuxException("attaching TUN device " + name, -result, explain(name, -result));
            }
        }
        Outcome.check("keeping TUN device " + name, SystemCalls.ioctl(descriptor, TUNSETPERSIST, 1L));
    }

    private static String explain(String name, int errno) {
        return switch (errno) {
            case ErrnoNames.EBUSY, ErrnoNames.EINVAL ->
                "an interface of this name is in use otherwise; remove it (ip link delete " + name + ")";
            case ErrnoNames.EPERM -> "give the process CAP_NET_ADMIN";
            default -> ErrnoNames.describe(errno);
        };
    }

    private static boolean offload(int descriptor) {
        if (SystemCalls.ioctl(descriptor, TUNSETOFFLOAD, (long) OFFLOAD_CHECKSUM_TSO | OFFLOAD_USO) >= 0) {
            return true;
        }
        Outcome.check(
                "segmentation offload of a TUN device (TUNSETOFFLOAD)",
                SystemCalls.ioctl(descriptor, TUNSETOFFLOAD, (long) OFFLOAD_CHECKSUM_TSO));
        return false;
    }

    int descriptor() {
        return descriptor;
    }

    boolean udpSegmentation() {
        return udpSegmentation;
    }

    /** Lets the device go with its last queue. */
    void release() {
        Outcome.check("releasing a TUN device", SystemCalls.ioctl(descriptor, TUNSETPERSIST, 0L));
    }

    @Override
    public void close() {
        SystemCalls.close(descriptor);
    }
}
