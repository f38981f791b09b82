package org.sallyport.itests;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Keeps the evidence of the labs of a class when one of its tests fails, and closes them in the end. A test that failed
 * because an appliance's virtual machine crashed says so first.
 */
final class LabWatcher implements AfterTestExecutionCallback, TestExecutionExceptionHandler {
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
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        Optional<String> crash =
                fixtures.stream().flatMap(fixture -> fixture.crashes().stream()).findFirst();
        throw crash.isPresent() ? new AssertionError(crash.get(), failure) : failure;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            fixtures.forEach(fixture -> fixture.keepEvidence(
                    context.getRequiredTestClass().getSimpleName() + "-" + context.getDisplayName()));
        }
    }
}
