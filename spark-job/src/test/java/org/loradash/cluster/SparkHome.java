package org.loradash.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A Spark distribution without scripts: jars that the build has copied. Commands are made as {@code bin/spark-class} makes
 * them, by Spark's launcher, so that a driver gets its Java options from the properties as it does from spark-submit.
 *
 * @param directory SPARK_HOME
 */
record SparkHome(Path directory) {
    private static final Path TARGET = Path.of("target").toAbsolutePath();

    /** Where tests leave logs and services their files. */
    static final Path CLUSTERS = TARGET.resolve("cluster");

    /** The job's jar and properties, which a user gives to spark-submit. */
    static final Path JOB =
            Path.of(System.getProperty("job.jar", "target/lora-dash-0.1.0.jar")).toAbsolutePath();

    static final Path PROPERTIES =
            Path.of("..", "conf", "spark-defaults.conf").toAbsolutePath().normalize();

    private static final Map<String, SparkHome> MADE = new ConcurrentHashMap<>();

    /** Spark as the job is built against it. */
    static SparkHome standalone() {
        return MADE.computeIfAbsent("spark-home", name -> of(name, "spark-jars"));
    }

    /** The same with Spark's client of YARN. */
    static SparkHome withYarn() {
        return MADE.computeIfAbsent("spark-home-yarn", name -> of(name, "spark-jars", "yarn-jars"));
    }

    private static SparkHome of(String name, String... folders) {
        try {
            Path home = Scratch.empty(name);
            Path jars = Files.createDirectories(home.resolve("jars"));
            for (String folder : folders) {
                try (Stream<Path> files = Files.list(TARGET.resolve(folder))) {
                    for (Path jar : files.toList()) {
                        Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
                    }
                }
            }
            return new SparkHome(home);
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(", ", folders) + ": mvn package makes them", e);
        }
    }

    /** Starts one of Spark's classes as {@code bin/spark-class} would. */
    JavaProcess start(
            String name, Path directory, Path log, Map<String, String> environment, String main, String... arguments) {
        Map<String, String> all = environment(environment);
        List<String> command = command(all, main, arguments);
        return JavaProcess.start(name, command, all, directory, log);
    }

    private Map<String, String> environment(Map<String, String> given) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("SPARK_HOME", directory.toString());
        environment.put("SPARK_SCALA_VERSION", "2.12");
        environment.put("SPARK_LOCAL_IP", "127.0.0.1");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.putAll(given);
        return environment;
    }

    /** What Spark's launcher says is to be executed. */
    private List<String> command(Map<String, String> environment, String main, String... arguments) {
        List<String> launcher = new ArrayList<>(List.of(
                java(), "-Xmx128m", "-cp", directory.resolve("jars") + "/*", "org.apache.spark.launcher.Main", main));
        launcher.addAll(List.of(arguments));
        try {
            ProcessBuilder builder = new ProcessBuilder(launcher).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(environment);
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError("Spark's launcher has failed: " + said);
            }
            // A line of its own first, then words that each end with a zero.
            return Arrays.asList(said.substring(said.indexOf('\0') + 1).strip().split("\0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
