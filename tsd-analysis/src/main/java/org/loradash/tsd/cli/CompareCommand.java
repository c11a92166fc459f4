package org.loradash.tsd.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.analysis.Study.Part;
import org.loradash.tsd.prediction.Cutoffs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code compare [--base MODEL] TASK TASK...}. */
@Command(
        name = "compare",
        description = "Similarity of the task-specific directions of two or more TASKs, as heat maps.")
final class CompareCommand extends StudyCommand implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "TASK", description = "What a task made of the model; two or more.")
    private List<String> tasks;

    @Override
    public void run() {
        if (tasks.size() < 2) {
            throw InvalidInput.of("TASK", tasks.get(0), "must be two or more to be compared");
        }
        study(tasks, Optional.empty(), Cutoffs.ARTICLE, opened -> Set.of(Part.SIMILARITY));
    }
}
