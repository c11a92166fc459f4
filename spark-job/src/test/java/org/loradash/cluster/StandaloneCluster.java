package org.loradash.cluster;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Spark's own cluster: a process that is the master, one for each worker, and those of the executors below workers. */
final class StandaloneCluster implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Map<String, String> environment;
    private final JavaProcess master;
    private final String url;
    private final URI page;
    private final List<JavaProcess> workers = new ArrayList<>();

    private StandaloneCluster(String name, Map<String, String> environment) {
        this.directory = Scratch.empty(name);
        this.environment = environment;
        this.master = SparkHome.standalone()
                .start(
                        "master",
                        directory,
                        directory.resolve("master.log"),
                        environment,
                        "org.apache.spark.deploy.master.Master",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "0",
                        "--webui-port",
                        "0");
        try {
            url = master.said(Pattern.compile("Starting Spark master at (spark://\\S+)"), START);
            page = URI.create(
                    master.said(Pattern.compile("Bound MasterWebUI .*started at (http://\\S+)"), START) + "/json/");
        } catch (Throwable e) {
            master.close();
            throw e;
        }
    }

    /** A cluster of so many workers, each with a core. */
    static StandaloneCluster of(String name, int workers) {
        return of(name, workers, Map.of());
    }

    /** @param properties of all of its processes, which a cluster's own spark-defaults.conf would hold */
    static StandaloneCluster of(String name, int workers, Map<String, String> properties) {
        // Many processes on few cores: they are to start fast.
        StringBuilder options = new StringBuilder("-XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        properties.forEach(
                (key, value) -> options.append(" -D").append(key).append('=').append(value));
        StandaloneCluster cluster = new StandaloneCluster(
                name, Map.of("SPARK_DAEMON_MEMORY", "256m", "SPARK_DAEMON_JAVA_OPTS", options.toString()));
        try {
            for (int i = 0; i < workers; i++) {
                cluster.addWorker();
            }
            cluster.awaitWorkers(workers);
            return cluster;
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
    }

    /** Where drivers find it: spark://host:port. */
    String url() {
        return url;
    }

    /** Where its logs and work lie. */
    Path directory() {
        return directory;
    }

    void addWorker() {
        String name = "worker-" + (workers.size() + 1);
        workers.add(SparkHome.standalone()
                .start(
                        name,
                        directory,
                        directory.resolve(name + ".log"),
                        environment,
                        "org.apache.spark.deploy.worker.Worker",
                        "--host",
                        "127.0.0.1",
                        "--webui-port",
                        "0",
                        "--cores",
                        "1",
                        "--memory",
                        "1g",
                        "--work-dir",
                        directory.resolve(name).toString(),
                        url));
    }

    /** Processes of executors, in the order of their workers. */
    List<ProcessHandle> executors() {
        return workers.stream()
                .flatMap(worker -> worker.process().descendants())
                .filter(StandaloneCluster::isExecutor)
                .toList();
    }

    /** How many executors there have been: each has a directory below its worker's and its application's. */
    long executorsStarted() {
        try (Stream<Path> directories = Files.walk(directory, 3)) {
            return directories
                    .filter(path -> path.getParent().getFileName().toString().startsWith("app-"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL for a worker, not for its executors: these must notice. */
    ProcessHandle killWorker(int number) {
        ProcessHandle worker = workers.get(number).process().toHandle();
        worker.destroyForcibly();
        worker.onExit().join();
        return worker;
    }

    /** The master's page: workers, cores, applications. */
    JsonNode status() {
        try {
            return JSON.readTree(page.toURL());
        } catch (IOException e) {
            throw new AssertionError(page + " does not answer. " + master.tail(), e);
        }
    }

    /** Waits until so many workers are alive. */
    void awaitWorkers(int count) {
        await(count + " workers at " + page)
                .atMost(START)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> status().get("aliveworkers").asInt() == count);
    }

    @Override
    public void close() {
        // Workers first: a master that is gone makes them say so at length.
        workers.forEach(JavaProcess::close);
        master.close();
        Scratch.keepLogs(directory);
    }

    private static boolean isExecutor(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend");
    }
}
