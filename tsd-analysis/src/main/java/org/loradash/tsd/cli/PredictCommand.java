package org.loradash.tsd.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.loradash.tsd.analysis.Study.Part;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code predict [--base MODEL] --reference TASK TASK...}. */
@Command(
        name = "predict",
        description = "Recall and accuracy of the directions that each TASK predicts, against those of a reference: by"
                + " layer and kind, and by step where a run directory tracked them.")
final class PredictCommand extends StudyCommand implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "TASK", description = "What predicts: usually a trained adapter.")
    private List<String> tasks;

    @Option(
            names = "--reference",
            required = true,
            paramLabel = "TASK",
            description = "What counts as the true change of W: usually a fully fine-tuned model.")
    private String reference;

    @Mixin
    private CutoffOptions cutoffs;

    @Override
    public void run() {
        study(tasks, Optional.of(reference), cutoffs.cutoffs(), opened -> Set.of(Part.PREDICTION));
    }
}
