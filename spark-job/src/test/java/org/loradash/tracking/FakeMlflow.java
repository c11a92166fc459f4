package org.loradash.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A tracking server in this process that answers as MLflow does, can be stopped and started again, and can hang. */
public final class FakeMlflow implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Run> runs = new LinkedHashMap<>();
    private final List<String> experiments = new ArrayList<>();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private String artifacts = "mlflow-artifacts:";
    private String refused = "";
    private int refusal;
    private volatile boolean hangs;
    private HttpServer server;
    private ExecutorService threads;
    private final int port;

    /** A figure as it was told. */
    public record Point(int step, double value) {}

    /** A run as this server has it. */
    public static final class Run {
        final Map<String, String> info = new LinkedHashMap<>();
        final Map<String, String> tags = new LinkedHashMap<>();
        final Map<String, String> parameters = new LinkedHashMap<>();
        final Map<String, List<Point>> metrics = new LinkedHashMap<>();

        public String status() {
            return info.get("status");
        }

        public String name() {
            return info.get("run_name");
        }

        public Map<String, String> parameters() {
            return parameters;
        }

        public Map<String, String> tags() {
            return tags;
        }

        /** What was told of a figure, in the order in which it was told. */
        public List<Point> metric(String key) {
            return metrics.getOrDefault(key, List.of());
        }

        public Map<String, List<Point>> metrics() {
            return metrics;
        }
    }

    public FakeMlflow() throws IOException {
        start(0);
        port = server.getAddress().getPort();
    }

    public String address() {
        return "http://127.0.0.1:" + port;
    }

    /** Where runs that are made from now on keep their files; {@code mlflow-artifacts:} is the server itself. */
    void artifacts(String root) {
        artifacts = root;
    }

    /** Answers requests whose path holds a text with that status. */
    void refuse(String text, int status) {
        refused = text;
        refusal = status;
    }

    /** Takes every request and answers none. */
    public void hang() {
        hangs = true;
    }

    public void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    void startAgain() throws IOException {
        start(port);
    }

    private void start(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    @Override
    public void close() {
        closed.countDown();
        stop();
    }

    public synchronized List<Run> runs() {
        return List.copyOf(runs.values());
    }

    /** Files by their names below the place of artifacts of the run that has them. */
    public Map<String, byte[]> files() {
        return files;
    }

    /** Path of each request. */
    List<String> requests() {
        return requests;
    }

    /** What each request was authorized with, or an empty text. */
    List<String> authorizations() {
        return authorizations;
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(path);
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                .replace("null", ""));
        try {
            if (hangs) {
                closed.await();
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (refusal > 0 && path.contains(refused)) {
                answer(exchange, refusal, "{\"message\":\"it is refused,\\nas it was asked to be\"}");
            } else if (exchange.getRequestMethod().equals("PUT")) {
                files.put(path.replaceFirst("/api/2.0/mlflow-artifacts/artifacts/[^/]+/artifacts/", ""), body);
                answer(exchange, 200, "{}");
            } else {
                call(exchange, path.replaceFirst("/api/2.0/mlflow/", ""), JSON.readTree(body));
            }
        } catch (InterruptedException e) {
            exchange.close();
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized void call(HttpExchange exchange, String method, JsonNode body) throws IOException {
        switch (method) {
            case "experiments/get-by-name" -> {
                String name = exchange.getRequestURI().getQuery().replace("experiment_name=", "");
                int index = experiments.indexOf(name);
                answer(
                        exchange,
                        index < 0 ? 404 : 200,
                        index < 0
                                ? "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\"}"
                                : "{\"experiment\":{\"experiment_id\":\"%d\"}}".formatted(index));
            }
            case "experiments/create" -> {
                experiments.add(body.get("name").asText());
                answer(exchange, 200, "{\"experiment_id\":\"%d\"}".formatted(experiments.size() - 1));
            }
            case "runs/search" -> {
                String[] filter = body.get("filter").asText().split("[\"']");
                ObjectNode found = JSON.createObjectNode();
                ArrayNode all = found.putArray("runs");
                runs.values().stream()
                        .filter(run -> filter[3].equals(run.tags.get(filter[1])))
                        .forEach(run -> all.add(json(run)));
                answer(exchange, 200, found.toString());
            }
            case "runs/create" -> {
                Run run = new Run();
                String id = "run" + runs.size();
                run.info.put("run_id", id);
                run.info.put("run_name", body.get("run_name").asText());
                run.info.put("experiment_id", body.get("experiment_id").asText());
                run.info.put("artifact_uri", artifacts + "/" + id + "/artifacts");
                run.info.put("status", "RUNNING");
                pairs(body.get("tags"), run.tags);
                runs.put(id, run);
                ObjectNode made = JSON.createObjectNode();
                made.set("run", json(run));
                answer(exchange, 200, made.toString());
            }
            case "runs/update" -> {
                runs.get(body.get("run_id").asText())
                        .info
                        .put("status", body.get("status").asText());
                answer(exchange, 200, "{}");
            }
            case "runs/log-batch" -> {
                Run run = runs.get(body.get("run_id").asText());
                pairs(body.path("params"), run.parameters);
                body.path("metrics").forEach(metric -> run.metrics
                        .computeIfAbsent(metric.get("key").asText(), key -> new ArrayList<>())
                        .add(new Point(
                                metric.get("step").asInt(), metric.get("value").asDouble())));
                answer(exchange, 200, "{}");
            }
            default -> answer(exchange, 404, "{}");
        }
    }

    private static void pairs(JsonNode pairs, Map<String, String> into) {
        pairs.forEach(
                pair -> into.put(pair.get("key").asText(), pair.get("value").asText()));
    }

    private static ObjectNode json(Run run) {
        ObjectNode json = JSON.createObjectNode();
        run.info.forEach(json.putObject("info")::put);
        ObjectNode data = json.putObject("data");
        run.parameters.forEach((key, value) ->
                data.withArray("params").addObject().put("key", key).put("value", value));
        run.metrics.forEach((key, points) -> data.withArray("metrics")
                .addObject()
                .put("key", key)
                .put("step", points.stream().mapToInt(Point::step).max().orElseThrow()));
        return json;
    }
}
