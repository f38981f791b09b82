package org.sallyport.benchmarks.throughput;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.ClearTextCounter;

/** Two whole appliances, console and all, with one kind of cryptography. */
record SallyportTunnel(String name, Lab lab, ClearTextCounter witness) implements Tunnel {
    private static final String PROPOSAL = "aes128gcm16-esn-noesn";

    /** What seals the packets. */
    enum Cryptography {
        /** The JDK's cipher, also where there are others. */
        JDK,
        /** Whatever the appliance finds, as it comes. */
        NATIVE,
        /** Nothing at all, to see what all else costs. */
        NONE
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param buffers octets of each of its UDP sockets' buffers, 0 for what it takes by itself
     */
    static SallyportTunnel open(String name, Cryptography cryptography, int buffers, Progress progress) {
        Lab.Plan plan = Lab.Plan.standard(name, PeerKind.SALLYPORT);
        plan = plan.withHost(site(plan.host(), cryptography, buffers))
                .withGateway(site(plan.gateway(), cryptography, buffers));
        Lab lab = Lab.open(plan, Distribution.find(), progress);
        // They would look at every packet, and take what is measured.
        lab.stopOuterWitness();
        lab.stopInnerWitness();
        if (cryptography == Cryptography.NONE) {
            Path bundle = NoCryptography.bundle(lab.directory());
            install(lab.host(), bundle);
            install(lab.gateway(), bundle);
        }
        return new SallyportTunnel(name, lab, lab.kept(witness(lab)));
    }

    /** It copies nothing, and so may watch what is measured. */
    private static ClearTextCounter witness(Lab lab) {
        return ClearTextCounter.start(
                lab.network().wan(),
                List.of(LabNetwork.WAN_HOST_DEVICE, LabNetwork.WAN_GATEWAY_DEVICE),
                List.of(LabNetwork.HOST_OUTER, LabNetwork.GATEWAY_OUTER),
                LabNetwork.HOST_INNER,
                lab.directory());
    }

    private static Site site(Site site, Cryptography cryptography, int buffers) {
        Site result = site.withPolicy("proposals", PROPOSAL);
        if (cryptography == Cryptography.JDK) {
            result = result.withFile("org.sallyport.crypto.cfg", "leave.out = ipsec-mb, libcrypto\n");
        }
        return buffers == 0
                ? result
                : result.withFile("org.sallyport.udp.cfg", "buffer.octets = %d%n".formatted(buffers));
    }

    private static void install(Appliance appliance, Path bundle) {
        appliance.shell("bundle:install", "-s", bundle.toUri().toString());
    }

    @Override
    public LabNetwork network() {
        return lab.network();
    }

    @Override
    public OptionalLong inClear() {
        return OptionalLong.of(witness.packets());
    }

    @Override
    public List<Long> carriers() {
        return List.of(lab.host().pid(), lab.gateway().pid());
    }

    @Override
    public void close() {
        lab.close();
    }
}
