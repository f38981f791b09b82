package org.sallyport.benchmarks.intercept;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.sallyport.lab.session.Lab;

/** Several programs under the interceptor, each with many threads that connect at once. */
final class Crowd implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final List<Caller> programs;

    private Crowd(List<Caller> programs) {
        this.programs = programs;
    }

    /** Starts the programs, and waits until all threads stand there. */
    static Crowd gather(Lab lab, int programs, int threads) {
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < programs; i++) {
            callers.add(Caller.inside(lab));
        }
        Crowd crowd = new Crowd(callers);
        crowd.all("crowd 1 " + threads);
        crowd.answers();
        return crowd;
    }

    /** Has every thread connect. */
    void go() {
        all("go");
    }

    /** Waits until every connect() has returned; tells of each program what it saw. */
    List<Answer> answers() {
        return programs.stream().map(program -> program.answer(PATIENCE)).toList();
    }

    private void all(String order) {
        programs.forEach(program -> program.order(order));
    }

    @Override
    public void close() {
        programs.forEach(Caller::close);
    }
}
