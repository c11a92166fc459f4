package org.loradash.spark.training;

import java.util.Map;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
import org.loradash.adapter.Export;
import org.loradash.kernel.Tensor;
import org.loradash.run.Progress;
import org.loradash.run.RunDirectory;

/** What a run leaves of its method: an adapter, or after full fine-tuning the model. */
final class RunResult {
    private RunResult() {}

    /** What it is and where, for people. */
    static String place(RunDirectory directory, TrainingPlan plan) {
        Export export = plan.adapter().adaptation().export();
        return export.directory() + ": " + directory.result(export);
    }

    /**
     * Writes it.
     *
     * @param directions chosen at the boundary; empty where there was none
     * @param kept parameters, perhaps of a step before there were coordinates
     */
    static void write(
            RunDirectory directory,
            TrainingPlan plan,
            Map<String, Directions> directions,
            float[] kept,
            Progress progress) {
        directory.checkClaim();
        Export export = plan.adapter().adaptation().export();
        Adapter adapter = kept.length == plan.adapter().parameters()
                ? plan.adapter()
                : plan.adapter().withDirections(directions);
        if (export == Export.MODEL) {
            progress.say("model      writing all of its tensors");
        }
        export.write(
                directory.files(),
                directory.result(export),
                adapter,
                Tensor.of(1, kept.length, kept),
                plan.settings().model().path(),
                directory.files().getConf());
    }
}
