package org.loradash.cli;

import java.io.PrintWriter;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.generate.Merging;
import org.loradash.generate.Tuned;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merge SOURCE OUTPUT}. */
@Command(
        name = "merge",
        description = "Writes the base model with an adapter's change in its weights, as a plain model directory: every"
                + " tensor in the type that it has in the base, config and tokenizer beside them.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Example:",
            "  lora-dash merge runs/quickstart merged-model",
            "",
            "Exit status: 0 done; 2 a mistake in what was given, told in one line; 1 anything else."
        })
final class MergeCommand implements Runnable {
    private final PrintWriter out;
    private final PrintWriter err;

    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            description =
                    "A run's directory or configuration file, or a PEFT adapter's directory. Local or on any Hadoop"
                            + " file system.")
    private String source;

    @Parameters(index = "1", paramLabel = "OUTPUT", description = "The new directory, which must not exist yet.")
    private String output;

    @Option(
            names = "--model",
            paramLabel = "DIRECTORY",
            description = "The base model, where it is not where the run or the adapter says.")
    private String model;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute (default: all processors).")
    private Integer threads;

    MergeCommand(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public void run() {
        Configuration hadoop = TrainCommand.hadoop();
        Tuned tuned = Tuned.of(source, Optional.ofNullable(model), hadoop);
        err.println("merging " + tuned.adapter().orElse("nothing") + " into " + tuned.base());
        Merging.write(tuned, output, Threads.of(threads), hadoop);
        out.println("model: " + output);
    }
}
