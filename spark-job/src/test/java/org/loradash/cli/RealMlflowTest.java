package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that a real MLflow server is told of: that of a Python which {@code LORADASH_PYTHON} names and which has mlflow; skipped
 * without it.
 */
class RealMlflowTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path temporary;

    private String python;
    private int port;
    private Process server;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        python = System.getenv("LORADASH_PYTHON");
        assumeTrue(python != null, "skipped: LORADASH_PYTHON is not set");
        assumeTrue(
                new ProcessBuilder(python, "-c", "import mlflow").start().waitFor() == 0,
                "skipped: the Python of LORADASH_PYTHON has no mlflow");
        Files.copy(Golden.named("lora").directory().resolve("data.jsonl"), temporary.resolve("data.jsonl"));
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = any.getLocalPort();
        }
        startServer();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            stopServer();
        }
    }

    @Test
    void goesOnInTheSameRunAfterTheDriverWasKilled() throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve("killed"));
        Path configuration = configuration(run, 60);
        Process killed = TrainProcess.start(configuration, temporary.resolve("killed.log"), List.of());
        try {
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !killed.isAlive() || steps().size() > 4);
        } finally {
            killed.destroyForcibly().onExit().join();
        }
        assertThat(run.directory().resolve("_SUCCESS")).doesNotExist();
        assertThat(run().at("/info/status").asText()).isEqualTo("RUNNING");

        checkDone(TrainCommandLine.train(configuration.toString()));
        JsonNode told = run();
        assertThat(told.at("/info/status").asText()).isEqualTo("FINISHED");
        assertThat(told.at("/info/run_name").asText()).isEqualTo("killed");
        assertThat(value(told.at("/data/params"), "adapter.method")).isEqualTo("lora-dash");
        assertThat(steps())
                .as("each step once")
                .isEqualTo(IntStream.rangeClosed(1, 60).boxed().toList());
        assertThat(StreamSupport.stream(told.at("/data/metrics").spliterator(), false)
                        .map(metric -> metric.get("key").asText()))
                .contains(
                        "loss",
                        "learning_rate",
                        "tokens_per_second",
                        "round_seconds",
                        "validation/loss",
                        "boundary/mean_change_rate");
        Path artifacts =
                temporary.resolve("artifacts/1/" + told.at("/info/run_id").asText() + "/artifacts");
        for (String file : List.of(
                "report.html", "resolved.conf", "adapter/adapter_config.json", "adapter/adapter_model.safetensors")) {
            assertThat(artifacts.resolve(file))
                    .hasSameBinaryContentAs(run.directory().resolve(file));
        }
    }

    @Test
    void endsAsItWouldWhereTheServerStopsInTheMiddle() throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve("left"));
        Path log = temporary.resolve("left.log");
        Process process = TrainProcess.start(configuration(run, 80), log, List.of());
        try {
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !process.isAlive() || steps().size() > 4);
            stopServer();
            assertThat(process.isAlive()).isTrue();
            assertThat(process.onExit()).succeedsWithin(Duration.ofMinutes(3));
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isZero();
        assertThat(run.directory().resolve("_SUCCESS")).exists();
        assertThat(run.events("step")).hasSize(2 * 80);
        List<String> lines = Files.readAllLines(log).stream()
                .filter(line -> line.contains("tracking.mlflow.uri"))
                .toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).contains("the run goes on, and the server is tried again");
        assertThat(lines.get(1)).contains("the server did not get", "4 of 4 files, that it is FINISHED of the run");

        startServer();
        assertThat(run().at("/info/status").asText()).isEqualTo("RUNNING");
        assertThat(steps()).hasSizeBetween(4, 79).doesNotHaveDuplicates().isSorted();
    }

    private Path configuration(TrainedRun run, int steps) throws IOException {
        Path file = temporary.resolve(run.directory().getFileName() + ".conf");
        Files.writeString(
                file,
                ResumeTest.text(run.directory().toString(), temporary)
                        + """
                        training.steps = %d
                        validation { hold-out = 3, every-rounds = 5 }
                        tracking.mlflow { uri = "%s", experiment = "what it's \\"told\\"" }
                        """
                                .formatted(steps, address()));
        return file;
    }

    private String address() {
        return "http://127.0.0.1:" + port;
    }

    private void startServer() throws IOException {
        server = new ProcessBuilder(
                        python,
                        "-m",
                        "mlflow",
                        "server",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port),
                        "--workers",
                        "1",
                        "--backend-store-uri",
                        "sqlite:///" + temporary.resolve("mlflow.db"),
                        "--artifacts-destination",
                        temporary.resolve("artifacts").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        temporary.resolve("server.log").toFile()))
                .start();
        await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> get("/health")
                .equals("OK"));
    }

    private void stopServer() {
        server.descendants().forEach(ProcessHandle::destroyForcibly);
        server.destroyForcibly().onExit().join();
    }

    private String get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(address() + path)));
    }

    private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    /** The one run that the server has, or nothing. */
    private JsonNode run() {
        try {
            JsonNode runs = JSON.readTree(
                            send(HttpRequest.newBuilder(URI.create(address() + "/api/2.0/mlflow/runs/search"))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString("{\"experiment_ids\":[\"1\"]}"))))
                    .path("runs");
            assertThat(runs).hasSizeLessThan(2);
            return runs.path(0);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Steps of which it knows the loss, as it was told. */
    private List<Integer> steps() {
        String id = run().at("/info/run_id").asText();
        try {
            JsonNode history = JSON.readTree(get("/api/2.0/mlflow/metrics/get-history?metric_key=loss&run_id=" + id));
            return StreamSupport.stream(history.path("metrics").spliterator(), false)
                    .map(metric -> metric.get("step").asInt())
                    .toList();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String value(JsonNode pairs, String key) {
        return StreamSupport.stream(pairs.spliterator(), false)
                .filter(pair -> pair.get("key").asText().equals(key))
                .map(pair -> pair.get("value").asText())
                .findFirst()
                .orElseThrow();
    }

    private static void checkDone(TrainCommandLine.Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }
}
