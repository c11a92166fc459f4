package org.loradash.cli;

import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.loradash.config.Settings;
import org.loradash.spark.evaluation.EvaluationJob;
import org.loradash.spark.evaluation.PredictionJob;
import org.loradash.spark.training.TrainingJob;
import org.loradash.tsd.cli.CommandRun;
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
    private static final Logger LOG = LoggerFactory.getLogger(LoraDash.class);

    /** The property by which the launcher names its log. */
    private static final String LOG_FILE = "loradash.log";

    public static void main(String[] arguments) {
        AtomicBoolean ended = new AtomicBoolean();
        if (System.getProperty(LOG_FILE) != null) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                if (!ended.get()) {
                    tellStopped();
                }
            }));
        }
        int status = run(arguments, CommandRun.text(System.out), CommandRun.text(System.err), TrainingJob::run);
        ended.set(true);
        // On YARN, an application master whose driver calls exit has failed, with 0 too.
        if (status != CommandRun.DONE) {
            System.exit(status);
        }
    }

    /** One line for who has stopped the command; what its threads then meet is for the log. */
    private static void tellStopped() {
        System.err.println(
                "lora-dash: stopped; started again, train, sweep, evaluate and predict go on from where they are");
        System.err.close();
    }

    /** Where stack traces are, as the launcher has it. */
    private static String log() {
        String file = System.getProperty(LOG_FILE);
        return file == null ? "the log" : "the log " + file;
    }

    /**
     * Runs the command and returns its exit status.
     *
     * @param training what trains, given settings that are each allowed
     */
    static int run(String[] arguments, PrintWriter out, PrintWriter err, Consumer<Settings> training) {
        CommandLine command = new CommandLine(new LoraDash())
                .addSubcommand(new TrainCommand(training, out))
                .addSubcommand(new SweepCommand(training, EvaluationJob::run, out))
                .addSubcommand(new EvaluateCommand(EvaluationJob::run))
                .addSubcommand(new PredictCommand(PredictionJob::run))
                .addSubcommand(new GenerateCommand(out, err))
                .addSubcommand(new MergeCommand(out, err))
                .addSubcommand(new PlanCommand(TrainingJob::plan))
                .addSubcommand(new ShowCommand(out))
                .setExpandAtFiles(false)
                .setUsageHelpWidth(100)
                .setOut(out)
                .setErr(err);
        command.getCommandSpec().usageMessage().footer(HelpText.brief());
        footer(command, HelpText.withKeys(), "train", "sweep", "plan", "show");
        footer(command, HelpText.withKeysOfAsking(), "evaluate", "predict");
        return new CommandRun("lora-dash", LOG, failure -> log() + " has the stack trace").status(command, arguments);
    }

    private static void footer(CommandLine command, String[] text, String... subcommands) {
        for (String name : subcommands) {
            command.getSubcommands().get(name).getCommandSpec().usageMessage().footer(text);
        }
    }
}
