package org.loradash.tracking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.loradash.tsd.InvalidInput;

/**
 * MLflow's REST interface (version 2.0), as much of it as a run needs. Every call ends within a limited time: with an {@link
 * IOException} of one line where the server cannot be reached or does not answer, and {@link Refused} where it will not.
 */
final class MlflowServer {
    /** What the server takes of parameters in a request, and of metrics. */
    static final int MOST_PARAMETERS = 100;

    static final int MOST_METRICS = 1000;

    private static final int LONGEST_PARAMETER = 6000;
    private static final int LONGEST_REASON = 300;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String address;
    private final Optional<String> authorization;
    private final Duration patience;
    private final HttpClient client;

    /**
     * @param address of the server, an http or https URI
     * @param environment in which MLflow's own variables name a token, or a user and a password
     * @param patience how long an answer may take
     */
    MlflowServer(String address, Map<String, String> environment, Duration patience) {
        this.address = address.replaceFirst("/+$", "");
        this.authorization = authorization(environment);
        this.patience = patience;
        // No redirect is followed: it might carry the password elsewhere.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .build();
    }

    /** As MLflow's own client has it: a password goes before a token. */
    private static Optional<String> authorization(Map<String, String> environment) {
        String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
        String password = environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
        String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "");
        if (!user.isEmpty() && !password.isEmpty()) {
            byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(both));
        }
        return token.isEmpty() ? Optional.empty() : Optional.of("Bearer " + token);
    }

    /** The identifier of an experiment, which is made where there is none. */
    String experiment(String name) throws IOException, InterruptedException {
        Optional<String> found = experimentNamed(name);
        if (found.isPresent()) {
            return found.get();
        }
        try {
            return call("experiments/create", JSON.createObjectNode().put("name", name))
                    .path("experiment_id")
                    .asText();
        } catch (Refused refused) {
            // Another run may have made it meanwhile.
            return experimentNamed(name).orElseThrow(() -> refused);
        }
    }

    private Optional<String> experimentNamed(String name) throws IOException, InterruptedException {
        String query = "experiments/get-by-name?experiment_name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
        HttpResponse<String> response = send(request(api(query)).GET(), patience);
        return response.statusCode() == 404
                ? Optional.empty()
                : Optional.of(answer(response)
                        .path("experiment")
                        .path("experiment_id")
                        .asText());
    }

    /** The run of an experiment that has a tag of that value. */
    Optional<TrackedRun> find(String experiment, String tag, String value) throws IOException, InterruptedException {
        ObjectNode search = JSON.createObjectNode();
        search.putArray("experiment_ids").add(experiment);
        search.put("filter", "tags.\"%s\" = '%s'".formatted(tag, value)).put("max_results", 1);
        JsonNode runs = call("runs/search", search).path("runs");
        return runs.isEmpty() ? Optional.empty() : Optional.of(run(runs.get(0)));
    }

    TrackedRun create(String experiment, String name, Map<String, String> tags)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode()
                .put("experiment_id", experiment)
                .put("run_name", name)
                .put("start_time", System.currentTimeMillis());
        pairs(body.putArray("tags"), tags.entrySet());
        return run(call("runs/create", body).path("run"));
    }

    private static TrackedRun run(JsonNode run) {
        Set<String> parameters = new HashSet<>();
        run.path("data")
                .path("params")
                .forEach(parameter -> parameters.add(parameter.path("key").asText()));
        Map<String, Integer> steps = new HashMap<>();
        run.path("data")
                .path("metrics")
                .forEach(metric -> steps.put(
                        metric.path("key").asText(), metric.path("step").asInt()));
        JsonNode info = run.path("info");
        return new TrackedRun(
                info.path("run_id").asText(),
                info.path("experiment_id").asText(),
                info.path("artifact_uri").asText(),
                parameters,
                steps);
    }

    /** @param parameters at most {@link #MOST_PARAMETERS}; one that is longer than the server takes is cut */
    void logParameters(TrackedRun run, Collection<Map.Entry<String, String>> parameters)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("run_id", run.id());
        pairs(body.putArray("params"), parameters);
        call("runs/log-batch", body);
    }

    private static void pairs(ArrayNode array, Collection<Map.Entry<String, String>> pairs) {
        pairs.forEach(pair -> array.addObject()
                .put("key", pair.getKey())
                .put(
                        "value",
                        pair.getValue().substring(0, Math.min(pair.getValue().length(), LONGEST_PARAMETER))));
    }

    /** @param metrics at most {@link #MOST_METRICS}; the server keeps one that it is told twice once */
    void logMetrics(TrackedRun run, List<Metric> metrics) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("run_id", run.id());
        ArrayNode array = body.putArray("metrics");
        metrics.forEach(metric -> array.addObject()
                .put("key", metric.key())
                .put("value", metric.value())
                .put("timestamp", metric.timestamp())
                .put("step", metric.step()));
        call("runs/log-batch", body);
    }

    void running(TrackedRun run) throws IOException, InterruptedException {
        call("runs/update", JSON.createObjectNode().put("run_id", run.id()).put("status", "RUNNING"));
    }

    /** @param status FINISHED or FAILED */
    void ended(TrackedRun run, String status) throws IOException, InterruptedException {
        call(
                "runs/update",
                JSON.createObjectNode()
                        .put("run_id", run.id())
                        .put("status", status)
                        .put("end_time", System.currentTimeMillis()));
    }

    /**
     * Keeps a file where the server itself keeps artifacts.
     *
     * @param path below the place of all artifacts
     */
    void upload(String path, BodyPublisher content, Duration time) throws IOException, InterruptedException {
        URI file = URI.create(address + "/api/2.0/mlflow-artifacts/artifacts/" + escaped(path));
        answer(send(
                request(file).header("Content-Type", "application/octet-stream").PUT(content), time));
    }

    private static String escaped(String path) {
        return URLEncoder.encode(path, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }

    /** Where people see a run. */
    String page(TrackedRun run) {
        return "%s/#/experiments/%s/runs/%s".formatted(address, run.experiment(), run.id());
    }

    private JsonNode call(String method, ObjectNode body) throws IOException, InterruptedException {
        return answer(send(
                request(api(method))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body.toString())),
                patience));
    }

    private URI api(String method) {
        return URI.create(address + "/api/2.0/mlflow/" + method);
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        authorization.ifPresent(value -> request.header("Authorization", value));
        return request;
    }

    /** Once more where a connection broke: a server closes those that it has not used for some seconds. */
    private HttpResponse<String> send(HttpRequest.Builder request, Duration time)
            throws IOException, InterruptedException {
        try {
            return sendOnce(request, time);
        } catch (Broken broken) {
            return sendOnce(request, time);
        }
    }

    private static final class Broken extends IOException {
        private static final long serialVersionUID = 1L;

        Broken(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The client's own limit ends with the head of an answer; this one is of the whole. */
    private HttpResponse<String> sendOnce(HttpRequest.Builder request, Duration time)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request.build(), BodyHandlers.ofString());
        try {
            return answer.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer in %.0f s".formatted(time.toMillis() * 1e-3), e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof ConnectException) {
                throw new IOException("no connection", cause);
            }
            throw new Broken(line(String.valueOf(cause.getMessage())), cause);
        } finally {
            answer.cancel(true);
        }
    }

    private static JsonNode answer(HttpResponse<String> response) throws IOException {
        int status = response.statusCode();
        if (status / 100 == 2) {
            try {
                return JSON.readTree(response.body());
            } catch (JsonProcessingException e) {
                throw new IOException("an answer that is not MLflow's", e);
            }
        }
        String reason = "status " + status + reason(response.body());
        // Who asks too often or without permission, or meets a server in trouble, may ask again.
        boolean forNow = status >= 500 || status == 401 || status == 403 || status == 408 || status == 429;
        throw forNow ? new IOException(reason) : new Refused(reason);
    }

    private static String reason(String body) {
        try {
            String message = JSON.readTree(body).path("message").asText();
            return message.isEmpty() ? "" : ", " + line(message);
        } catch (JsonProcessingException none) {
            return "";
        }
    }

    private static String line(String text) {
        return InvalidInput.line(text.substring(0, Math.min(text.length(), LONGEST_REASON)));
    }
}
