package org.loradash.tracking;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.loradash.tsd.InvalidInput;

/**
 * The thread that talks to a tracking server. Figures wait for it in a queue of limited length. What fails for now is tried
 * again, less and less often; the first failure is one warning, and what the server did not get of the run is another one at
 * the end.
 */
final class Sender {
    /** Figures that wait; more are lost. */
    static final int MOST_WAITING = 100_000;

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final String name;
    private final MlflowServer server;
    private final Artifacts artifacts;
    private final RunFacts facts;
    private final Consumer<String> say;
    private final Consumer<String> warn;
    private final BlockingQueue<Metric> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final AtomicInteger lost = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "tracking");

    /** What the server takes next: as long as it has not, it stays here. */
    private final List<Metric> batch = new ArrayList<>();

    private volatile Ending ending = new Ending("", List.of());
    private TrackedRun run;
    private boolean warned;

    /**
     * How a run ended.
     *
     * @param status as MLflow has it
     * @param files to be kept
     */
    private record Ending(String status, List<RunFile> files) {}

    /**
     * Begins at once.
     *
     * @param name of the server, for messages
     * @param say told where people see the run
     * @param warn told what goes wrong
     */
    Sender(
            String name,
            MlflowServer server,
            Artifacts artifacts,
            RunFacts facts,
            Consumer<String> say,
            Consumer<String> warn) {
        this.name = name;
        this.server = server;
        this.artifacts = artifacts;
        this.facts = facts;
        this.say = say;
        this.warn = warn;
        thread.setDaemon(true);
        thread.start();
    }

    /** Never waits. */
    void add(Metric metric) {
        if (!waiting.offer(metric)) {
            lost.incrementAndGet();
        }
    }

    /**
     * Sends what waits, keeps files and says how the run ended.
     *
     * @param status FINISHED or FAILED
     * @param longest how long to wait for that
     */
    void end(String status, List<RunFile> files, Duration longest) {
        ending = new Ending(status, files);
        leave();
        try {
            thread.join(longest.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            warn.accept("%s: the server took not all of the run in %d s; the rest is not sent"
                    .formatted(name, longest.toSeconds()));
            thread.interrupt();
        }
    }

    /** Ends the thread soon, and leaves the run at the server as it is. */
    void leave() {
        end.countDown();
    }

    private void run() {
        Duration pause = Duration.ZERO;
        try {
            boolean last;
            do {
                last = end.await(pause.toMillis(), TimeUnit.MILLISECONDS);
                Optional<String> trouble = attempt(this::deliver);
                pause = trouble.isEmpty() ? PERIOD : longer(pause);
                if (last && !ending.status().isEmpty()) {
                    finish(ending, trouble);
                } else if (trouble.isPresent()) {
                    warnOnce(trouble.get() + "; the run goes on, and the server is tried again");
                }
            } while (!last);
        } catch (InterruptedException e) {
            // The run waits no longer.
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(PERIOD) < 0 ? PERIOD : twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    private void warnOnce(String trouble) {
        if (!warned) {
            warned = true;
            warn.accept(name + ": " + trouble);
        }
    }

    private interface Step {
        void take() throws IOException, InterruptedException;
    }

    /** @return why it failed, if it did */
    private Optional<String> attempt(Step step) throws InterruptedException {
        try {
            step.take();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(InvalidInput.line(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            // Such as an answer that is none of MLflow's: no reason for a run to fail, or to be told no more.
            return Optional.of(InvalidInput.line(e.toString()));
        }
    }

    private void deliver() throws IOException, InterruptedException {
        if (run == null) {
            run = open();
            say.accept(server.page(run));
        }
        for (fill(); !batch.isEmpty(); fill()) {
            if (!takeOrRefuse(() -> server.logMetrics(run, batch))) {
                lost.addAndGet(batch.size());
            }
            batch.clear();
        }
    }

    /** @return whether the server took it */
    private boolean takeOrRefuse(Step step) throws IOException, InterruptedException {
        try {
            step.take();
            return true;
        } catch (Refused refused) {
            warnOnce(refused.getMessage() + "; the run goes on without some of its settings or figures there");
            return false;
        }
    }

    private void fill() {
        List<Metric> more = new ArrayList<>();
        do {
            more.clear();
            waiting.drainTo(more, MlflowServer.MOST_METRICS - batch.size());
            more.stream().filter(metric -> !run.has(metric)).forEach(batch::add);
        } while (!more.isEmpty() && batch.size() < MlflowServer.MOST_METRICS);
    }

    /** The run of an earlier driver that was killed or failed goes on; else there is a new one. */
    private TrackedRun open() throws IOException, InterruptedException {
        String experiment = server.experiment(facts.experiment());
        Optional<TrackedRun> found = server.find(experiment, RunFacts.IDENTITY, facts.identity());
        TrackedRun opened = found.isPresent() ? found.get() : server.create(experiment, facts.name(), facts.tags());
        if (found.isPresent()) {
            server.running(opened);
        }
        // A parameter cannot change: one that another driver gave stays.
        List<Map.Entry<String, String>> missing = facts.parameters().entrySet().stream()
                .filter(parameter -> !opened.parameters().contains(parameter.getKey()))
                .toList();
        for (int from = 0; from < missing.size(); from += MlflowServer.MOST_PARAMETERS) {
            List<Map.Entry<String, String>> some =
                    missing.subList(from, Math.min(missing.size(), from + MlflowServer.MOST_PARAMETERS));
            takeOrRefuse(() -> server.logParameters(opened, some));
        }
        return opened;
    }

    /**
     * Keeps files and says how the run ended, and tells of all that the server did not get.
     *
     * @param trouble why the last figures could not be sent: then nothing more is tried
     */
    private void finish(Ending how, Optional<String> trouble) throws InterruptedException {
        List<String> missing = new ArrayList<>();
        int figures = lost.get() + batch.size() + waiting.size();
        if (figures > 0) {
            missing.add(figures + " figures");
        }
        Optional<String> reason = trouble;
        int kept = 0;
        while (reason.isEmpty() && kept < how.files().size()) {
            RunFile file = how.files().get(kept);
            reason = attempt(() -> artifacts.keep(run, file));
            kept += reason.isEmpty() ? 1 : 0;
        }
        if (kept < how.files().size()) {
            missing.add("%d of %d files"
                    .formatted(how.files().size() - kept, how.files().size()));
        }
        Optional<String> unsaid = trouble.isPresent() ? trouble : attempt(() -> server.ended(run, how.status()));
        if (unsaid.isPresent()) {
            missing.add("that it is " + how.status());
        }
        if (!missing.isEmpty()) {
            Optional<String> why = reason.or(() -> unsaid);
            warn.accept("%s: the server did not get %s of the run%s"
                    .formatted(
                            name,
                            String.join(", ", missing),
                            why.map(text -> " (" + text + ")").orElse("")));
        }
    }
}
