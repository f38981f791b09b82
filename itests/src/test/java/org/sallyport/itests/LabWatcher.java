package org.sallyport.itests;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Keeps the evidence of the labs of a class when one of its tests fails, and closes them in the end. */
final class LabWatcher implements AfterTestExecutionCallback {
    private final List<LabFixture> fixtures = new ArrayList<>();

    LabFixture watch(LabFixture fixture) {
        fixtures.add(fixture);
        return fixture;
    }

    void close() {
        fixtures.reversed().forEach(LabFixture::close);
        fixtures.clear();
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            fixtures.forEach(fixture -> fixture.keepEvidence(
                    context.getRequiredTestClass().getSimpleName() + "-" + context.getDisplayName()));
        }
    }
}
