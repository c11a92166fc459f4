package org.loradash.tsd.cli;

import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The main class of the command {@code tsd}.
 *
 * <p>Exit status: 0 done; 2 a mistake in what the user gave, one line on the error stream; 1 anything else, one line
 * there and the stack trace in the log.
 */
@Command(
        name = "tsd",
        description = "Shows which directions of a model's weights a task moves (arXiv 2409.01035).",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RatesCommand.class,
            PredictCommand.class,
            CompareCommand.class,
            AmplifyCommand.class,
            ReportCommand.class
        })
public final class Tsd {
    private static final Logger LOG = LoggerFactory.getLogger(Tsd.class);

    private static final String[] FOOTER = {
        "",
        "TASK is what a task made of the model: a run directory of the training job, a PEFT adapter's",
        "directory (plain LoRA), or a model of the same shape, fully fine-tuned. Write NAME=TASK to name it",
        "otherwise than by the path's last part. Paths are local or any Hadoop URI.",
        "",
        "Into --output go results.jsonl (a JSON object for each finding), rates/TASK.safetensors (every",
        "target's sigma, delta_sigma, change_rate and directions, best first), and report.html.",
        "",
        "Exit status: 0 done; 2 a mistake in what was given, told in one line; 1 anything else."
    };

    public static void main(String[] arguments) {
        System.exit(run(arguments, CommandRun.text(System.out), CommandRun.text(System.err)));
    }

    /** Runs the command and returns its exit status. */
    public static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        CommandLine command = new CommandLine(new Tsd())
                .setExpandAtFiles(false)
                .setUsageHelpWidth(100)
                .setOut(out)
                .setErr(err);
        command.getCommandSpec().usageMessage().footer(FOOTER);
        command.getSubcommands()
                .values()
                .forEach(sub -> sub.getCommandSpec().usageMessage().footer(FOOTER));
        return new CommandRun("tsd", LOG, Tsd::hint).status(command, arguments);
    }

    private static String hint(Throwable failure) {
        String memory =
                failure instanceof OutOfMemoryError ? "give it more memory, TSD_MEMORY, or fewer --threads; " : "";
        return memory + "the stack trace is above";
    }
}
