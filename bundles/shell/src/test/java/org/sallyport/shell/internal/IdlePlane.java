package org.sallyport.shell.internal;

import org.sallyport.api.flow.Flow;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaPairHandle;

/** A data plane that is there. */
final class IdlePlane implements DataPlane {
    @Override
    public void installInbound(InstalledSa sa) {}

    @Override
    public SaPairHandle activateOutbound(InstalledSa inbound, InstalledSa outbound) {
        return new SaPairHandle(inbound.lineage(), inbound.key(), outbound.key());
    }

    @Override
    public void retire(InstalledSa outbound) {}

    @Override
    public void remove(InstalledSa sa) {}

    @Override
    public void bind(Flow flow, ChildSaId lineage) {}

    @Override
    public void unbind(Flow flow) {}
}
