package org.loradash.benchmark;

import java.util.concurrent.Callable;
import org.loradash.tsd.InvalidInput;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The main class of {@code benchmarks/run}.
 *
 * <p>Exit status: 0 done; 2 a mistake in what the user gave, or something missing on the machine, in one line; 1 anything
 * else.
 */
@Command(
        name = "benchmarks/run",
        description = {
            "What the engine and the job take, beside what they cannot beat and what else there is.",
            "Results go to the output, progress to the error stream. Measure on a machine that does nothing else."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            OperationsCommand.class,
            StepCommand.class,
            RaceCommand.class,
            GenerateCommand.class,
            PredictCommand.class,
            SameDiffCommand.class,
            LargeCommand.class,
            GrowthCommand.class,
            BoundaryCommand.class,
            CheckpointCommand.class,
            RoundsCommand.class,
            EngineCommand.class,
            GenerationCommand.class,
            JobCommand.class
        })
public final class Benchmarks implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int MISTAKE = 2;

    private Benchmarks() {}

    public static void main(String[] arguments) {
        int status = new CommandLine(new Benchmarks())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler((mistake, given) -> mistake(mistake.getMessage()))
                .setExecutionExceptionHandler((failure, line, given) -> ended(failure))
                .execute(arguments);
        System.exit(status);
    }

    @Override
    public Integer call() {
        return mistake("no command (must be one of those that --help names)");
    }

    private static int ended(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidInput) {
                return mistake(cause.getMessage());
            }
        }
        failure.printStackTrace();
        return FAILED;
    }

    private static int mistake(String message) {
        System.err.println("benchmarks: " + message.lines().findFirst().orElse(""));
        return MISTAKE;
    }
}
