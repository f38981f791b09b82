package org.sallyport.linux.tun.internal;

import java.util.HashMap;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.tun.TunDevice;
import org.sallyport.linux.tun.TunDevices;
import org.sallyport.linux.tun.TunLease;
import org.sallyport.linux.tun.TunSpec;

/** The open TUN devices by name. */
@Component(immediate = true)
public final class KernelTunDevices implements TunDevices {
    private final Map<String, OpenTun> devices = new HashMap<>();

    @Activate
    public KernelTunDevices() {}

    /** Lets go of every queue; the devices stay. */
    @Deactivate
    public synchronized void close() {
        devices.values().forEach(device -> {
            device.grants().revoke();
            device.close();
        });
        devices.clear();
    }

    @Override
    public TunDevice open(TunSpec spec) {
        return opened(spec).device();
    }

    @Override
    public Epoch nextEpoch(TunSpec spec) {
        return opened(spec).grants().next();
    }

    @Override
    public TunLease lease(TunSpec spec, Epoch epoch, Runnable onRevoked) {
        OpenTun device = opened(spec);
        return new LeasedTun(device, device.grants().grant(epoch, onRevoked));
    }

    @Override
    public synchronized void delete(String name) {
        OpenTun device = devices.remove(name);
        if (device != null) {
            device.delete();
        } else if (Interfaces.index(name) > 0) {
            TunFile file = TunFile.open(name);
            file.release();
            file.close();
        }
    }

    private synchronized OpenTun opened(TunSpec spec) {
        OpenTun device = devices.computeIfAbsent(spec.name(), name -> OpenTun.open(spec));
        if (device.spec().queues() != spec.queues()) {
            throw new IllegalArgumentException(
                    spec.name() + " has " + device.spec().queues() + " queues until this bundle restarts; "
                            + spec.queues() + " were asked for");
        }
        return device;
    }
}
