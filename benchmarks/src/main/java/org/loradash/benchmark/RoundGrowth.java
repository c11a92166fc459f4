package org.loradash.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.loradash.benchmark.engine.Medians;
import org.loradash.benchmark.engine.Progress;
import org.loradash.benchmark.process.JobRun;
import org.loradash.benchmark.process.Launch;
import org.loradash.benchmark.process.Scratch;

/** What a round of the job costs the driver and the network as workers are added. */
final class RoundGrowth {
    private static final double MIB = 0x1p-20;

    private final JobSettings settings;
    private final List<Integer> workers;

    /** @param settings of the job, but for its workers and its directory; two rounds at least */
    RoundGrowth(JobSettings settings, List<Integer> workers) {
        this.settings = settings;
        this.workers = workers;
    }

    private record Cost(
            double seconds, double averaging, double heap, double shuffle, double result, double broadcast) {}

    void print() throws IOException {
        TextTable table = new TextTable(
                "workers",
                "round, s",
                "of it averaging, s",
                "heap after collection, MiB",
                "shuffled, MiB",
                "a worker",
                "results to the driver, MiB",
                "broadcast to an executor, MiB");
        List<Growth> growths = new ArrayList<>();
        for (String what : List.of(
                "a round, s",
                "averaging after the last worker, s",
                "heap in use, driver and the executor in it, MiB",
                "bytes shuffled, MiB",
                "bytes shuffled by a worker, MiB",
                "results to the driver, MiB",
                "broadcast to an executor, MiB")) {
            growths.add(new Growth(what));
        }
        for (int count : workers) {
            Cost cost = cost(count);
            table.row(
                    count,
                    cost.seconds(),
                    cost.averaging(),
                    cost.heap(),
                    cost.shuffle(),
                    cost.shuffle() / count,
                    cost.result(),
                    cost.broadcast());
            growths.get(0).add(count, cost.seconds());
            growths.get(1).add(count, cost.averaging());
            growths.get(2).add(count, cost.heap());
            growths.get(3).add(count, cost.shuffle());
            growths.get(4).add(count, cost.shuffle() / count);
            growths.get(5).add(count, cost.result());
            growths.get(6).add(count, cost.broadcast());
        }
        System.out.println("A round of the job in Spark's local mode; workers share the machine's processors");
        table.print();
        System.out.println("With the number of workers:");
        growths.forEach(growth -> System.out.println("  " + growth.verdict()));
        System.out.println();
    }

    /** Two runs: one to be timed, one whose heap is collected after each round. */
    private Cost cost(int count) throws IOException {
        try (Scratch scratch = Scratch.make()) {
            Progress.say("a run with %d workers, to be timed", count);
            Path timed = scratch.path().resolve("timed");
            JobSettings ofWorkers = settings.with("training.workers", count);
            JsonNode traffic =
                    Launch.ours("job", JobRun.configure(timed, ofWorkers.map()).toString());
            Progress.say("a run with %d workers, whose heap is collected", count);
            Path collected = scratch.path().resolve("collected");
            JsonNode heap = Launch.ours(
                    "job",
                    "--collect",
                    JobRun.configure(collected, ofWorkers.map()).toString());
            List<JsonNode> rounds = JobRun.read(timed).laterRounds();
            return new Cost(
                    median(rounds, "seconds"),
                    median(rounds, "averaging_seconds"),
                    heap.get("heap_bytes").asDouble() * MIB,
                    traffic.get("shuffle_bytes").asDouble() * MIB,
                    traffic.get("result_bytes").asDouble() * MIB,
                    traffic.get("broadcast_bytes").asDouble() * MIB);
        }
    }

    private static double median(List<JsonNode> rounds, String key) {
        return Medians.of(
                rounds.stream().mapToDouble(round -> round.get(key).asDouble()).toArray());
    }
}
