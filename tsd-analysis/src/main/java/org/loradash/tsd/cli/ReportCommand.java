package org.loradash.tsd.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.loradash.tsd.analysis.Study.Part;
import org.loradash.tsd.source.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code report [--base MODEL] [--reference TASK] TASK...}. */
@Command(
        name = "report",
        description =
                "All that applies, on one page: change rates; recall and accuracy where there is a reference; heat"
                        + " maps of two or more TASKs; amplification of run directories that have a boundary.")
final class ReportCommand extends StudyCommand implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "TASK", description = "What a task made of the model.")
    private List<String> tasks;

    @Option(
            names = "--reference",
            paramLabel = "TASK",
            description = "What counts as the true change of W: usually a fully fine-tuned model.")
    private Optional<String> reference = Optional.empty();

    @Mixin
    private CutoffOptions cutoffs;

    @Override
    public void run() {
        study(tasks, reference, cutoffs.cutoffs(), this::parts);
    }

    private Set<Part> parts(List<Task> opened) {
        Set<Part> parts = EnumSet.of(Part.RATES);
        if (reference.isPresent()) {
            parts.add(Part.PREDICTION);
        }
        if (opened.size() > 1) {
            parts.add(Part.SIMILARITY);
        }
        if (opened.stream().anyMatch(AmplifyCommand::hasBoundary)) {
            parts.add(Part.AMPLIFICATION);
        }
        return parts;
    }
}
