package org.loradash.tsd.cli;

import java.util.List;
import java.util.Optional;
import org.loradash.tsd.prediction.Cutoffs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands have in common: options, and a study at the end. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract class StudyCommand {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StudyOptions options;

    final void study(List<String> tasks, Optional<String> reference, Cutoffs cutoffs, StudyRun.Parts parts) {
        new StudyRun(
                        options,
                        tasks,
                        reference,
                        cutoffs,
                        parts,
                        spec.commandLine().getOut(),
                        spec.commandLine().getErr())
                .run();
    }
}
