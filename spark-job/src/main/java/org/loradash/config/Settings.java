package org.loradash.config;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every setting of a run, with defaults filled in and each value within its own limits.
 *
 * @param spark Spark properties given in the configuration file's {@code spark} section, full names to values
 */
public record Settings(
        Run run,
        Model model,
        Data data,
        Adapter adapter,
        Dash dash,
        Checkpoint checkpoint,
        Training training,
        Validation validation,
        Evaluation evaluation,
        Map<String, String> spark)
        implements Serializable {

    /**
     * @param output the run's directory, any Hadoop URI
     * @param claimSeconds how long a driver may give no sign of life before another one takes the directory over
     */
    public record Run(String output, int claimSeconds) implements Serializable {}

    /**
     * @param path a Hugging Face model directory, any Hadoop URI
     * @param storage how the frozen weights are held in memory
     */
    public record Model(String path, Storage storage) implements Serializable {}

    public enum Storage {
        FLOAT32,
        BFLOAT16,
        FLOAT16
    }

    /**
     * @param train files, each any Hadoop URI, in this order
     * @param cutoff the most tokens of a record that are kept
     * @param trainOnInputs whether prompt tokens carry labels, or those of the response only
     * @param shuffle whether each epoch goes through the records in its own seeded order
     * @param packing whether sequences lie end to end in a computation, or each is computed by itself
     */
    public record Data(
            List<String> train, Format format, int cutoff, boolean trainOnInputs, boolean shuffle, boolean packing)
            implements Serializable {}

    public enum Format {
        /** A JSON array or JSON lines of instruction, input and output. */
        INSTRUCTION,
        /** JSON lines of input_ids and labels. */
        TOKENS
    }

    /**
     * @param rank columns of the adapter's factors
     * @param alpha the adapter's scale is alpha / rank
     * @param dropout probability that an element of the adapter's input is zeroed
     * @param targets module names or their endings at a dot, such as q_proj; or all-linear
     * @param startFrom a PEFT adapter directory whose factors the run starts from
     */
    public record Adapter(
            Method method, int rank, double alpha, double dropout, List<String> targets, Optional<String> startFrom)
            implements Serializable {

        /** {@link Optional} does not serialise; this travels to the executors in the record's place. */
        private Object writeReplace() {
            return new Sent(method, rank, alpha, dropout, targets, startFrom.orElse(null));
        }

        private record Sent(
                Method method, int rank, double alpha, double dropout, List<String> targets, String startFrom)
                implements Serializable {
            private Object readResolve() {
                return new Adapter(method, rank, alpha, dropout, targets, Optional.ofNullable(startFrom));
            }
        }
    }

    /** What is trained before the boundary, or all the time where there is none. */
    public enum Method {
        LORA,
        PISSA,
        MILORA,
        ROSA,
        SPECTRAL,
        /** The targets' weights themselves. */
        FULL,
        /** LoRA with a sprint. */
        LORA_DASH
    }

    /**
     * The boundary and the sprint after it, beside any method.
     *
     * @param on whether there is a boundary
     * @param directions how many directions of each target get coordinates
     * @param choose which directions these are
     * @param preLaunchSteps optimiser steps before the boundary; nothing where the run finds out by itself
     * @param auto how it finds out
     * @param coordinateLearningRate the coordinates' largest; the factors' where absent
     * @param trackEvery steps between two records of the predicted directions; 0 for none
     * @param epsilon guards the change rate's division by a singular value
     * @param cache where singular value decompositions are kept; beside the run directory when absent
     */
    public record Dash(
            boolean on,
            int directions,
            Choice choose,
            Optional<Integer> preLaunchSteps,
            Auto auto,
            Optional<Double> coordinateLearningRate,
            int trackEvery,
            double epsilon,
            Optional<String> cache)
            implements Serializable {

        /** {@link Optional} does not serialise; this travels to the executors in the record's place. */
        private Object writeReplace() {
            return new Sent(
                    on,
                    directions,
                    choose,
                    preLaunchSteps.orElse(null),
                    auto,
                    coordinateLearningRate.orElse(null),
                    trackEvery,
                    epsilon,
                    cache.orElse(null));
        }

        private record Sent(
                boolean on,
                int directions,
                Choice choose,
                Integer preLaunchSteps,
                Auto auto,
                Double coordinateLearningRate,
                int trackEvery,
                double epsilon,
                String cache)
                implements Serializable {
            private Object readResolve() {
                return new Dash(
                        on,
                        directions,
                        choose,
                        Optional.ofNullable(preLaunchSteps),
                        auto,
                        Optional.ofNullable(coordinateLearningRate),
                        trackEvery,
                        epsilon,
                        Optional.ofNullable(cache));
            }
        }
    }

    /** Which singular directions get coordinates. */
    public enum Choice {
        /** Those with the highest change rates. */
        TSD,
        TOP,
        BOTTOM,
        RANDOM
    }

    /**
     * When pre-launch ends by itself: at the first check at which the directions have settled, within bounds.
     *
     * @param checkEvery steps between two checks
     * @param overlap mean share of a target's directions that the check before had found too, from which they have settled
     * @param leastSteps before the boundary
     * @param mostSteps before the boundary
     */
    public record Auto(int checkEvery, double overlap, int leastSteps, int mostSteps) implements Serializable {}

    /**
     * @param everyRounds rounds between checkpoints; 0 for none but those at the boundary and at the end
     * @param keep how many checkpoints remain
     */
    public record Checkpoint(int everyRounds, int keep) implements Serializable {}

    /**
     * @param workers logical workers of a round, whatever the number of executors
     * @param localSteps optimiser steps of each worker in a round
     * @param batchSize records of a worker's step
     * @param length when the run ends
     * @param gradientClipping the largest norm of a step's gradient; 0 for no limit
     * @param sliceTokens about how many tokens of a batch are computed at a time
     * @param recompute whether the values inside a model's blocks are made again in the backward pass rather than kept
     */
    public record Training(
            int workers,
            int localSteps,
            int batchSize,
            Length length,
            double learningRate,
            Schedule schedule,
            int warmupSteps,
            double weightDecay,
            double beta1,
            double beta2,
            double epsilon,
            double gradientClipping,
            long seed,
            Averaging averaging,
            int sliceTokens,
            boolean recompute)
            implements Serializable {}

    /**
     * How a run measures its loss on records that it does not train on, and what follows from it.
     *
     * @param data files of held-out records, each any Hadoop URI; empty where none are given
     * @param holdOut how many records of the training data are held out in their place; 0 for none
     * @param records the first so many of the held-out records; 0 for all
     * @param everyRounds rounds between two measurements
     * @param patience measurements in a row without a lower loss that end the training; 0 to measure alone
     */
    public record Validation(List<String> data, int holdOut, int records, int everyRounds, int patience)
            implements Serializable {

        /** Whether there is something to measure on. */
        public boolean on() {
            return !data.isEmpty() || holdOut > 0;
        }

        /** Whether it is the best measured state that the run leaves, and not the last one. */
        public boolean keepsBest() {
            return on() && patience > 0;
        }
    }

    /**
     * How a model is evaluated on questions whose right answers are known.
     *
     * @param data files of questions, each any Hadoop URI; empty where none are given
     * @param sets whose questions they are, in the order of the files; empty where the files' directories say it
     * @param records the first so many questions of each set; 0 for all
     * @param batchSize questions that are computed together
     * @param partSize questions that a task answers and keeps together
     * @param maxTokens the most new tokens of an answer
     * @param beams followed at once; 1 for the likeliest token each time
     * @param sampling whether tokens are drawn at random; there are no beams then
     */
    public record Evaluation(
            List<String> data,
            List<String> sets,
            int records,
            By by,
            int batchSize,
            int partSize,
            int maxTokens,
            int beams,
            boolean sampling,
            double temperature,
            int topK,
            double topP,
            long seed)
            implements Serializable {}

    /** How a model answers a question. */
    public enum By {
        /** By what it writes. */
        GENERATION,
        /** By the one of the allowed answers that it finds likeliest. */
        LIKELIHOOD
    }

    /** When training ends: after so many steps, or after so many times through the data. */
    public sealed interface Length extends Serializable {
        record Steps(int steps) implements Length {}

        record Epochs(double epochs) implements Length {}
    }

    public enum Schedule {
        LINEAR,
        COSINE,
        CONSTANT
    }

    public enum Averaging {
        /** Workers take local steps, and their parameters are averaged. */
        PARAMETERS,
        /** Workers return gradients, and the driver takes one step with their average. */
        GRADIENTS
    }
}
