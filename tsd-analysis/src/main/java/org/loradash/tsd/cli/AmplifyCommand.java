package org.loradash.tsd.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.analysis.Study.Part;
import org.loradash.tsd.prediction.Cutoffs;
import org.loradash.tsd.source.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code amplify RUN...}. */
@Command(
        name = "amplify",
        description = "Change rates of the directions that each RUN chose at its boundary: at the end against then.")
final class AmplifyCommand extends StudyCommand implements Runnable {
    @Parameters(
            arity = "1..*",
            paramLabel = "RUN",
            description = "A run directory of the training job, with a boundary; any other TASK is refused.")
    private List<String> runs;

    @Override
    public void run() {
        study(runs, Optional.empty(), Cutoffs.ARTICLE, opened -> {
            opened.forEach(AmplifyCommand::check);
            return Set.of(Part.AMPLIFICATION);
        });
    }

    private static void check(Task task) {
        if (!hasBoundary(task)) {
            throw InvalidInput.of(
                    task.name(),
                    "no boundary",
                    "must be the directory of a LoRA-Dash run with tsd/boundary.safetensors");
        }
    }

    static boolean hasBoundary(Task task) {
        return task.run().filter(run -> !run.atBoundary().isEmpty()).isPresent();
    }
}
