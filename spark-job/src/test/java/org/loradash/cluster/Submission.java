package org.loradash.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run of the job as a user submits it: {@code spark-submit --properties-file conf/spark-defaults.conf --class
 * org.loradash.cli.LoraDash JAR train CONF}.
 *
 * @param home Spark's jars
 * @param directory where its configuration and logs lie
 * @param options of spark-submit, beside those
 * @param environment of the driver, or of spark-submit where the driver runs on the cluster
 */
record Submission(SparkHome home, Path directory, List<String> options, Map<String, String> environment) {
    /** Longer than any of these runs takes, for a driver may wait for its predecessor's claim on the run's directory. */
    static final Duration LONGEST = Duration.ofMinutes(8);

    static Submission to(String master, Path directory) {
        return new Submission(SparkHome.standalone(), directory, List.of(), Map.of())
                .with("--master", master, "--driver-memory", "512m", "--executor-memory", "512m")
                .with("--conf", "spark.ui.enabled=false")
                // As deploy/standalone/submit and deploy/local/lora-dash set them.
                .environment("OMP_NUM_THREADS", "1")
                .environment("RUST_FLAVOR", "cpu");
    }

    Submission with(String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return new Submission(home, directory, List.copyOf(all), environment);
    }

    Submission environment(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.put(name, value);
        return new Submission(home, directory, options, Map.copyOf(all));
    }

    Submission on(SparkHome other) {
        return new Submission(other, directory, options, environment);
    }

    /** Starts spark-submit to train with a configuration of this text. */
    JavaProcess start(String name, String configuration) {
        return start(name, "train", configuration);
    }

    /** Starts spark-submit with a command of the job, a configuration of this text and the command's options. */
    JavaProcess start(String name, String command, String configuration, String... commandOptions) {
        Path file = directory.resolve(name + ".conf");
        try {
            Files.writeString(file, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return submit(name, command, file.toString(), commandOptions);
    }

    /** Starts spark-submit to train with a configuration file that is there. */
    JavaProcess startWith(String name, String file) {
        return submit(name, "train", file);
    }

    private JavaProcess submit(String name, String command, String file, String... commandOptions) {
        List<String> arguments = new ArrayList<>(List.of("--properties-file", SparkHome.PROPERTIES.toString()));
        arguments.addAll(options);
        arguments.addAll(List.of("--class", "org.loradash.cli.LoraDash", SparkHome.JOB.toString(), command, file));
        arguments.addAll(List.of(commandOptions));
        return home.start(
                name,
                directory,
                directory.resolve(name + ".log"),
                environment,
                "org.apache.spark.deploy.SparkSubmit",
                arguments.toArray(String[]::new));
    }

    /** Submits a run and waits for its end. */
    void run(String name, SmallRun run) {
        try (JavaProcess driver = start(name, run.configuration())) {
            succeeded(driver);
        }
    }

    /** Waits for a driver's end, which must be a good one. */
    static void succeeded(JavaProcess driver) {
        int status = driver.ended(LONGEST);
        if (status != 0) {
            throw new AssertionError("%s has ended with status %d. %s".formatted(driver.name(), status, driver.tail()));
        }
    }
}
