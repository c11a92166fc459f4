package org.loradash.tsd.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.loradash.tsd.analysis.Study.Part;
import org.loradash.tsd.prediction.Cutoffs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code rates [--base MODEL] TASK...}. */
@Command(name = "rates", description = "Change rates of all core directions from the model to each TASK.")
final class RatesCommand extends StudyCommand implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "TASK", description = "What a task made of the model.")
    private List<String> tasks;

    @Override
    public void run() {
        study(tasks, Optional.empty(), Cutoffs.ARTICLE, opened -> Set.of(Part.RATES));
    }
}
