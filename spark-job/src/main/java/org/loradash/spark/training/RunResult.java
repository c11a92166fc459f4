package org.loradash.spark.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ChainRule;
import org.loradash.adapter.ChangeFactors;
import org.loradash.adapter.Directions;
import org.loradash.adapter.PeftAdapter;
import org.loradash.adapter.TrainedModel;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.ModelDirectory;
import org.loradash.run.Progress;
import org.loradash.run.RunDirectory;

/** What a run leaves: the adapter, or after full fine-tuning the model. */
final class RunResult {
    private RunResult() {}

    /** What it is and where, for people. */
    static String place(RunDirectory directory, TrainingPlan plan) {
        return plan.adapter().adaptation().isDense()
                ? "model: " + directory.model()
                : "adapter: " + directory.adapter();
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
        Adapter adapter = kept.length == plan.adapter().parameters()
                ? plan.adapter()
                : plan.adapter().withDirections(directions);
        Tensor parameters = Tensor.of(1, kept.length, kept);
        String path = plan.settings().model().path();
        if (adapter.adaptation().isDense()) {
            progress.say("model      writing all of its tensors");
            Configuration hadoop = directory.files().getConf();
            try (ModelDirectory base = ModelDirectory.open(hadoop, path)) {
                TrainedModel.write(directory.files(), directory.model(), adapter, parameters, base);
            } catch (IOException e) {
                throw new UncheckedIOException(path, e);
            }
            return;
        }
        ChangeFactors changes = ChangeFactors.allocate(adapter);
        new ChainRule(adapter).changes(KernelProvider.best().open(), parameters, changes);
        PeftAdapter.write(directory.files(), directory.adapter(), adapter, changes, path);
    }
}
