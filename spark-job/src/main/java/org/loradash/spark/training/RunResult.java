package org.loradash.spark.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
import org.loradash.adapter.Export;
import org.loradash.adapter.ModuleChanges;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.ModelDirectory;
import org.loradash.run.Progress;
import org.loradash.run.RunDirectory;
import org.loradash.task.TaskKinds;

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
        String model = plan.settings().model().path();
        try (Kernels kernels = KernelProvider.best().open();
                ModelDirectory base = ModelDirectory.open(directory.files().getConf(), model)) {
            export.write(
                    directory.files(),
                    directory.result(export),
                    ModuleChanges.of(adapter, Tensor.of(1, kept.length, kept), kernels),
                    base.as(TaskKinds.model(plan.settings(), base.shape())),
                    plan.task().peftType(),
                    kernels);
        } catch (IOException e) {
            throw new UncheckedIOException(model, e);
        }
    }
}
