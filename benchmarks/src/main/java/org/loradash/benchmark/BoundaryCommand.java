package org.loradash.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.loradash.benchmark.engine.Progress;
import org.loradash.benchmark.process.JobRun;
import org.loradash.benchmark.process.Scratch;
import org.loradash.tsd.InvalidInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code boundary MODEL RECORDS}: what the boundary and the averages cost beside training. */
@Command(
        name = "boundary",
        description = {
            "What LoRA-Dash's boundary costs beside a local step, with decompositions to be computed and with cached ones;"
                    + " and a round's averaging beside the round. From the metrics of two real runs of the job."
        },
        mixinStandardHelpOptions = true)
final class BoundaryCommand implements Callable<Integer> {
    @Mixin
    private ModelArguments files;

    @Mixin
    private RecipeOptions options;

    @Option(names = "--workers", defaultValue = "2", description = "Workers of a round (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(
            names = "--local-steps",
            defaultValue = "10",
            description = "Local steps of a round (default: ${DEFAULT-VALUE}).")
    private int localSteps;

    @Override
    public Integer call() throws IOException {
        if (workers < 1 || localSteps < 1) {
            throw InvalidInput.of("--workers and --local-steps", workers + " and " + localSteps, "must be at least 1");
        }
        try (Scratch scratch = Scratch.make()) {
            JobSettings settings = JobSettings.of(files, options)
                    .with("adapter.method", "lora-dash")
                    .with("dash.cache", scratch.path().resolve("decompositions").toString())
                    .with("training.workers", workers)
                    .with("training.local-steps", localSteps);
            Progress.say("a run of two rounds, whose boundary computes decompositions");
            JobRun first = JobRun.local(
                    scratch.path().resolve("first"),
                    settings.with("dash.pre-launch-steps", localSteps)
                            .with("training.steps", 2 * localSteps)
                            .map());
            Progress.say("a run of two steps, whose boundary finds them");
            JobRun second = JobRun.local(
                    scratch.path().resolve("second"),
                    settings.with("dash.pre-launch-steps", 1)
                            .with("training.steps", 2)
                            .map());
            print(first, second);
        }
        return 0;
    }

    private void print(JobRun first, JobRun second) {
        JsonNode round = first.laterRounds().get(0);
        double seconds = round.get("seconds").asDouble();
        double averaging = round.get("averaging_seconds").asDouble();
        double step = (seconds - averaging) / localSteps;
        JsonNode computed = first.events("boundary").get(0);
        JsonNode cached = second.events("boundary").get(0);
        System.out.printf(
                "%d workers at a time, %d local steps a round; one local step %s s, %d targets%n%n",
                workers,
                localSteps,
                TextTable.number(step),
                computed.get("targets").asInt());
        TextTable boundary =
                new TextTable("boundary", "seconds", "of them decompositions", "local steps", "without decompositions");
        row(boundary, "decompositions computed", computed, step);
        row(boundary, "decompositions cached", cached, step);
        boundary.print();
        TextTable averages = new TextTable("round of " + localSteps + " local steps", "seconds", "averaging", "share");
        List<JsonNode> rounds = first.events("round");
        for (int i = 0; i < rounds.size(); i++) {
            double whole = rounds.get(i).get("seconds").asDouble();
            double ofRound = rounds.get(i).get("averaging_seconds").asDouble();
            averages.row(i == 0 ? "first, with warm-up" : "later", whole, ofRound, TextTable.percent(ofRound / whole));
        }
        averages.print();
        System.out.printf(
                "A boundary with cached decompositions costs %s of a local step, one that computes them %s local steps;"
                        + " averaging is %s of a round.%n",
                TextTable.percent(cached.get("seconds").asDouble() / step),
                TextTable.number(computed.get("seconds").asDouble() / step),
                TextTable.percent(averaging / seconds));
    }

    private static void row(TextTable table, String name, JsonNode event, double step) {
        double seconds = event.get("seconds").asDouble();
        double decomposing = event.get("decomposition_seconds").asDouble();
        table.row(name, seconds, decomposing, seconds / step, seconds - decomposing);
    }
}
