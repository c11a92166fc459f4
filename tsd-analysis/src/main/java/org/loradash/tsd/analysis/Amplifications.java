package org.loradash.tsd.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.loradash.tsd.direction.Amplification;
import org.loradash.tsd.source.JobRun;
import org.loradash.tsd.source.Task;

/** What became of the directions that runs chose at their boundary. */
public final class Amplifications {
    private Amplifications() {}

    /** Those of one target of one run. */
    public record Of(String task, TargetFindings target, Amplification amplification) {}

    static List<Of> of(Task task, List<TargetFindings> targets) {
        List<Of> amplifications = new ArrayList<>();
        Map<String, JobRun.AtBoundary> atBoundary =
                task.run().map(JobRun::atBoundary).orElse(Map.of());
        for (TargetFindings target : targets) {
            JobRun.AtBoundary own = atBoundary.get(target.target().name().text());
            if (own != null && target.change(task.name()).isPresent()) {
                Predictions.checkBoundary(target, own);
                float[] end = target.change(task.name()).get().changeRates();
                amplifications.add(
                        new Of(task.name(), target, Amplification.of(own.changeRates(), end, own.directions())));
            }
        }
        return amplifications;
    }
}
