package org.sallyport.linux.tun.internal;

import java.util.ArrayList;
import java.util.List;
import org.sallyport.linux.internal.LeaseGrants;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.tun.TunDevice;
import org.sallyport.linux.tun.TunSpec;

/** A device whose queues this bundle holds open. */
final class OpenTun {
    private static final int QUEUE_LENGTH = 5000;

    private final TunSpec spec;
    private final TunDevice device;
    private final List<TunFile> files;
    private final LeaseGrants grants;

    private OpenTun(TunSpec spec, TunDevice device, List<TunFile> files) {
        this.spec = spec;
        this.device = device;
        this.files = List.copyOf(files);
        this.grants = new LeaseGrants("TUN device " + spec.name());
    }

    static OpenTun open(TunSpec spec) {
        List<TunFile> files = new ArrayList<>();
        try {
            for (int i = 0; i < spec.queues(); i++) {
                files.add(TunFile.open(spec.name()));
            }
            Interfaces.configure(spec.name(), spec.mtu(), QUEUE_LENGTH);
            int index = Outcome.check("index of " + spec.name(), Interfaces.index(spec.name()));
            boolean udp = files.stream().allMatch(TunFile::udpSegmentation);
            return new OpenTun(spec, new TunDevice(spec.name(), index, spec.mtu(), udp), files);
        } catch (RuntimeException e) {
            files.forEach(TunFile::close);
            throw e;
        }
    }

    TunSpec spec() {
        return spec;
    }

    TunDevice device() {
        return device;
    }

    List<TunFile> files() {
        return files;
    }

    LeaseGrants grants() {
        return grants;
    }

    /** Lets the device vanish. */
    void delete() {
        grants.revoke();
        files.getFirst().release();
        close();
    }

    /** Lets go of the queues; the device stays. */
    void close() {
        files.forEach(TunFile::close);
    }
}
