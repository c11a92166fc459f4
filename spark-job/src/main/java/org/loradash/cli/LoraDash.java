package org.loradash.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.loradash.config.Settings;
import org.loradash.run.ClaimLost;
import org.loradash.spark.EvaluationJob;
import org.loradash.spark.SweepFailure;
import org.loradash.spark.TrainingFailure;
import org.loradash.spark.TrainingJob;
import org.loradash.tsd.InvalidInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The main class, of a Java command and of {@code spark-submit} alike.
 *
 * <p>Exit status: 0 done; 2 a mistake in what the user gave, one line on the error stream; 1 anything else, one line
 * there and the stack trace in the log.
 */
@Command(
        name = "lora-dash",
        description = "Fine-tunes a language model with LoRA-Dash as a Spark job.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class LoraDash {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int MISTAKE = 2;

    private static final Logger LOG = LoggerFactory.getLogger(LoraDash.class);
    private static final int LONGEST_CHAIN = 100;

    public static void main(String[] arguments) {
        int status =
                run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true), TrainingJob::run);
        // On YARN, an application master whose driver calls exit has failed, with 0 too.
        if (status != DONE) {
            System.exit(status);
        }
    }

    /**
     * Runs the command and returns its exit status.
     *
     * @param training what trains, given settings that are each allowed
     */
    static int run(String[] arguments, PrintWriter out, PrintWriter err, Consumer<Settings> training) {
        CommandLine command = new CommandLine(new LoraDash())
                .addSubcommand(new TrainCommand(training))
                .addSubcommand(new SweepCommand(training, out))
                .addSubcommand(new EvaluateCommand(EvaluationJob::run))
                .addSubcommand(new GenerateCommand(out, err))
                .addSubcommand(new MergeCommand(out, err))
                .setExpandAtFiles(false)
                .setUsageHelpWidth(100)
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((mistake, given) -> mistake(err, mistake.getMessage()))
                .setExecutionExceptionHandler((failure, line, given) -> ended(err, failure));
        String[] footer = HelpText.footer();
        command.getCommandSpec().usageMessage().footer(footer);
        for (String configured : List.of("train", "sweep", "evaluate")) {
            command.getSubcommands()
                    .get(configured)
                    .getCommandSpec()
                    .usageMessage()
                    .footer(footer);
        }
        try {
            return command.execute(arguments);
        } catch (Error e) {
            return ended(err, e);
        }
    }

    private static int ended(PrintWriter err, Throwable failure) {
        Optional<InvalidInput> mistake = mistake(failure);
        if (mistake.isPresent()) {
            return mistake(err, mistake.get().getMessage());
        }
        LOG.error("The command has failed.", failure);
        err.println("lora-dash: failed: " + oneLine(described(failure)) + " (the log has the stack trace)");
        return FAILED;
    }

    /** What a person is told of a failure: one line. */
    static String told(Throwable failure) {
        return oneLine(mistake(failure).map(Throwable::getMessage).orElseGet(() -> described(failure)));
    }

    /** Our own failures say all themselves; one of a file system is the file and what was wrong with it. */
    private static String described(Throwable failure) {
        if (failure instanceof UncheckedIOException inFile && failure.getMessage() != null) {
            String cause = inFile.getCause().getMessage();
            String what = cause == null ? inFile.getCause().toString() : cause;
            return failure.getMessage().contains(what) ? failure.getMessage() : failure.getMessage() + ": " + what;
        }
        return failure instanceof TrainingFailure || failure instanceof ClaimLost || failure instanceof SweepFailure
                ? failure.getMessage()
                : failure.toString();
    }

    /** The user's mistake that a failure comes from, if it comes from one. */
    private static Optional<InvalidInput> mistake(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < LONGEST_CHAIN; depth++) {
            if (cause instanceof InvalidInput mistake) {
                return Optional.of(mistake);
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    private static int mistake(PrintWriter err, String message) {
        err.println("lora-dash: " + oneLine(message));
        return MISTAKE;
    }

    private static String oneLine(String message) {
        return message.lines().findFirst().orElse("").strip();
    }
}
