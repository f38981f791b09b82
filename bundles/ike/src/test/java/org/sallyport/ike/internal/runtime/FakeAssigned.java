package org.sallyport.ike.internal.runtime;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.sallyport.api.pool.AssignedAddresses;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.sa.IkeSaId;

/** Takes every address at once. */
final class FakeAssigned implements AssignedAddresses {
    final Map<IkeSaId, HostConfiguration> all = new ConcurrentHashMap<>();

    @Override
    public CompletionStage<Void> assigned(IkeSaId ikeSa, HostConfiguration configuration) {
        all.put(ikeSa, configuration);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void released(IkeSaId ikeSa) {
        all.remove(ikeSa);
    }

    @Override
    public void standing(Map<IkeSaId, HostConfiguration> standing) {
        all.clear();
        all.putAll(standing);
    }
}
