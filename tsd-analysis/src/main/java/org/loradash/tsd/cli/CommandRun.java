package org.loradash.tsd.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.ChecksumException;
import org.loradash.tsd.Failure;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;
import org.slf4j.Logger;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * From arguments to an exit status, the same way for every command of the project: 0 done; 2 a mistake in what was given,
 * one line on the error stream; 1 anything else, one line there and the stack trace in the log.
 *
 * @param name of the program, which begins the line
 * @param log where stack traces go
 * @param hint what else is said of a failure, in parentheses
 */
public record CommandRun(String name, Logger log, Function<Throwable, String> hint) {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int MISTAKE = 2;

    private static final char REPLACEMENT = '\uFFFD';
    private static final int LONGEST_CHAIN = 100;
    private static final String CAUSE = "Caused by: ";

    /** A stream of this process as text, whose letters are UTF-8 whatever the locale is. */
    public static PrintWriter text(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    /** Runs a command whose streams are set. */
    public int status(CommandLine command, String... arguments) {
        PrintWriter err = command.getErr();
        command.setParameterExceptionHandler((mistake, given) -> mistake(err, told(mistake)))
                .setExecutionExceptionHandler((failure, line, given) -> ended(err, failure));
        try {
            ProcessUser.logIn();
            checkLetters(arguments);
            return command.execute(arguments);
        } catch (InvalidInput mistake) {
            return mistake(err, mistake.getMessage());
        } catch (Error e) {
            return ended(err, e);
        }
    }

    /** Letters that the locale has not come as replacements: another prompt, another directory. */
    private static void checkLetters(String... arguments) {
        for (String argument : arguments) {
            if (argument.indexOf(REPLACEMENT) >= 0) {
                throw InvalidInput.of(
                        "argument",
                        argument.replace(REPLACEMENT, '?'),
                        "must be text in the locale's encoding, " + System.getProperty("sun.jnu.encoding")
                                + "; LC_ALL=C.UTF-8 can spell all");
            }
        }
    }

    /** What a person is told of a failure: one line. */
    public static String told(Throwable failure) {
        return InvalidInput.line(mistake(failure)
                .map(Throwable::getMessage)
                .orElseGet(() -> described(causeOf(failure, Failure.class)
                        .map(Throwable.class::cast)
                        .orElse(failure))));
    }

    private static String described(Throwable failure) {
        if (failure instanceof Failure) {
            return failure.getMessage();
        }
        if (failure instanceof UncheckedIOException inFile && failure.getMessage() != null) {
            String cause = inFile.getCause().getMessage();
            String what = cause == null ? inFile.getCause().toString() : cause;
            return failure.getMessage().contains(what) ? failure.getMessage() : failure.getMessage() + ": " + what;
        }
        // Of a failed task Spark tells the stack trace in the message; what began it stands last.
        String all = failure.toString();
        String cause = all.lines()
                .filter(line -> line.startsWith(CAUSE))
                .reduce("", (former, line) -> ": " + line.substring(CAUSE.length()));
        return cause.isEmpty() ? all : all.lines().findFirst().orElse("") + cause;
    }

    private int ended(PrintWriter err, Throwable failure) {
        Optional<InvalidInput> mistake = mistake(failure);
        if (mistake.isPresent()) {
            return mistake(err, mistake.get().getMessage());
        }
        log.error("The command has failed.\n{}", stackTrace(failure));
        err.println(name + ": failed: " + told(failure) + " (" + hint.apply(failure) + ")");
        return FAILED;
    }

    private int mistake(PrintWriter err, String message) {
        err.println(name + ": " + InvalidInput.line(message));
        return MISTAKE;
    }

    /** The user's mistake that a failure comes from, if it comes from one. */
    private static Optional<InvalidInput> mistake(Throwable failure) {
        return causeOf(failure, InvalidInput.class).or(() -> causeOf(failure, ChecksumException.class)
                .map(damaged -> new InvalidInput(
                        damaged.getMessage() + " (must agree with the checksum file, .crc, beside the file)")));
    }

    private static <T extends Throwable> Optional<T> causeOf(Throwable failure, Class<T> kind) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < LONGEST_CHAIN; depth++) {
            if (kind.isInstance(cause)) {
                return Optional.of(kind.cast(cause));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    /** As text, because a logger would write the messages in it with their passwords. */
    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return Secrets.hidden(text.toString());
    }

    private static String told(ParameterException mistake) {
        CommandLine command = mistake.getCommandLine();
        if (mistake instanceof UnmatchedArgumentException unmatched) {
            return unmatched(command, unmatched.getUnmatched().get(0));
        }
        if (mistake instanceof MissingParameterException missing) {
            return missing(missing.getMissing().get(0));
        }
        if (mistake.getArgSpec() != null && mistake.getValue() != null) {
            return shown(mistake.getArgSpec()) + ": " + mistake.getValue() + " (must be "
                    + allowed(mistake.getArgSpec()) + ")";
        }
        boolean subcommand = !command.getSubcommands().isEmpty();
        return subcommand
                ? "COMMAND: missing (must be " + subcommands(command) + ")"
                : mistake.getMessage() + " (see " + command.getCommandName() + " --help)";
    }

    private static String unmatched(CommandLine command, String argument) {
        if (argument.startsWith("-")) {
            String options = command.getCommandSpec().options().stream()
                    .map(OptionSpec::longestName)
                    .collect(Collectors.joining(", "));
            return argument + ": unknown option (must be one of " + options + ")";
        }
        return command.getSubcommands().isEmpty()
                ? argument + ": one argument too many (see " + command.getCommandName() + " --help)"
                : argument + ": unknown command (must be " + subcommands(command) + ")";
    }

    private static String missing(ArgSpec argument) {
        return shown(argument) + ": missing (must be given: " + usage(argument) + ")";
    }

    private static String shown(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static String usage(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? option.longestName() + (option.longestName().startsWith("--") ? "=" : " ") + option.paramLabel()
                : argument.paramLabel();
    }

    private static String allowed(ArgSpec argument) {
        List<Class<?>> types = new ArrayList<>(List.of(argument.auxiliaryTypes()));
        types.add(argument.type());
        if (types.contains(int.class) || types.contains(Integer.class)) {
            return "a whole number";
        }
        return types.contains(double.class) || types.contains(Double.class) ? "a number" : argument.paramLabel();
    }

    private static String subcommands(CommandLine command) {
        return "one of " + String.join(", ", command.getSubcommands().keySet());
    }
}
