package org.loradash.spark.evaluation;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.tsd.InvalidInput;

/**
 * What a person asks for beside a configuration.
 *
 * @param subject what is evaluated
 * @param name of the evaluation, below the run's directory, where there are several
 * @param output the evaluation's directory; below the run's if not given
 */
public record EvaluationRequest(Subject subject, Optional<String> name, Optional<String> output) {
    private static final Set<String> RESERVED = Set.of("parts", "claims", "tokens");
    private static final Pattern ALLOWED_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");

    /** What is evaluated. */
    public sealed interface Subject {
        /** What the run in run.output made of the model. */
        record Run() implements Subject {}

        /** A PEFT adapter's directory, on the model in model.path. */
        record Adapter(String directory) implements Subject {}

        /** The model in model.path. */
        record Base() implements Subject {}

        /** The same before a run that may begin a head, which classifies, where the model has none. */
        record Untrained() implements Subject {}

        /**
         * What options say.
         *
         * @param adapter a directory, or null
         * @throws InvalidInput where they say both
         */
        static Subject of(boolean base, String adapter) {
            if (base && adapter != null) {
                throw InvalidInput.of("--base", "given beside --adapter", "must be one of them");
            }
            if (base) {
                return new Base();
            }
            return adapter == null ? new Run() : new Adapter(adapter);
        }
    }

    public EvaluationRequest {
        if (name.isPresent() && output.isPresent()) {
            throw InvalidInput.of("--name", "given beside --output", "must be one of them");
        }
        name.filter(given -> !ALLOWED_NAME.matcher(given).matches() || RESERVED.contains(given))
                .ifPresent(given -> {
                    throw InvalidInput.of(
                            "--name",
                            given,
                            "must be letters, digits, hyphens and underscores, and not parts, claims or tokens");
                });
    }

    /** The model as it was before a run, in the run's directory. */
    public static EvaluationRequest ofRunsBase() {
        return new EvaluationRequest(new Subject.Base(), Optional.of("base"), Optional.empty());
    }

    /** The run's own model, in the run's directory. */
    public static EvaluationRequest ofRun() {
        return new EvaluationRequest(new Subject.Run(), Optional.empty(), Optional.empty());
    }

    /**
     * The run's directory, of a request that needs it.
     *
     * @throws InvalidInput where the configuration has none
     */
    static String run(SettingsForEvaluation settings, Subject subject) {
        return settings.output()
                .orElseThrow(() -> InvalidInput.of(
                        "run.output",
                        "missing",
                        "must be the directory of a run; or give %s--output DIRECTORY"
                                .formatted(
                                        subject instanceof Subject.Run ? "--adapter DIRECTORY or --base, and " : "")));
    }

    /** The setting that gives the directory, for messages. */
    String setting() {
        return output.isPresent() ? "--output" : name.isPresent() ? "--name" : "run.output";
    }

    /**
     * The evaluation's directory.
     *
     * @param ofRun where evaluations of the run lie
     */
    String directory(Supplier<Path> ofRun) {
        return output.orElseGet(() -> {
            Path evaluations = ofRun.get();
            return name.map(given -> new Path(evaluations, given))
                    .orElse(evaluations)
                    .toString();
        });
    }
}
