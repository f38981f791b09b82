package org.sallyport.linux.tun;

import org.sallyport.linux.tun.internal.KernelTunDevices;

/** Makes TUN devices that stand without anybody holding them, so that routes through them stand before the daemon does. */
public final class PersistentTun {
    private PersistentTun() {}

    /**
     * Makes the device if it is not there, and brings it up. Only for a device that nobody holds open: its packets would
     * go astray meanwhile.
     *
     * @throws org.sallyport.linux.LinuxException as {@link TunDevices#open} tells
     */
    public static TunDevice make(TunSpec spec) {
        KernelTunDevices devices = new KernelTunDevices();
        try {
            return devices.open(spec);
        } finally {
            devices.close();
        }
    }
}
