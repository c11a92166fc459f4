package org.loradash.tsd.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.tsd.analysis.Options;
import org.loradash.tsd.prediction.Cutoffs;
import picocli.CommandLine.Option;

/** The options that all commands share. */
final class StudyOptions {
    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIRECTORY",
            description = "Where the results go: new or empty.")
    String output;

    @Option(
            names = "--base",
            paramLabel = "MODEL",
            description =
                    "The frozen model W, a Hugging Face model directory; that of the run directories if not given.")
    Optional<String> base = Optional.empty();

    @Option(
            names = "--targets",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Linear layers, by the end of their names, such as q_proj,v_proj; if not given all of the model's"
                            + " blocks that change, so not embeddings, pooler and heads.")
    List<String> targets = new ArrayList<>();

    @Option(
            names = "--directions",
            defaultValue = "16",
            paramLabel = "COUNT",
            description = "How many of each layer's best directions are listed and compared; ${DEFAULT-VALUE}.")
    int directions;

    @Option(
            names = "--epsilon",
            paramLabel = "NUMBER",
            description = "Keeps change rates finite: |delta_sigma| / (sigma + epsilon); that of the run directory, or"
                    + " 1e-6, if not given.")
    Optional<Double> epsilon = Optional.empty();

    @Option(
            names = "--cache",
            paramLabel = "DIRECTORY",
            description = "Keeps decompositions there for the next time, under the model's hash; the training job's"
                    + " dash.cache is one.")
    Optional<String> cache = Optional.empty();

    @Option(
            names = "--threads",
            paramLabel = "COUNT",
            description = "How many matrices are worked on at once, memory permitting; one a core if not given.")
    Optional<Integer> threads = Optional.empty();

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "A Hadoop property, for file systems that need one; may be repeated.")
    Map<String, String> properties = new LinkedHashMap<>();

    Configuration hadoop() {
        Configuration hadoop = new Configuration();
        properties.forEach(hadoop::set);
        return hadoop;
    }

    /** @param otherwise epsilon where none was given */
    Options options(Cutoffs cutoffs, double otherwise) {
        return new Options(
                targets,
                epsilon.orElse(otherwise),
                directions,
                cutoffs,
                cache,
                threads.orElse(Runtime.getRuntime().availableProcessors()));
    }
}
