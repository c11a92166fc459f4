package org.loradash.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.loradash.Fixtures;

/** The run on one core of one process, to which all others are compared; it is computed once for all tests. */
final class LocalRun {
    private static final Map<Integer, SmallRun.Bits> BITS = new ConcurrentHashMap<>();

    private LocalRun() {}

    /** What a run of so many steps is to leave. */
    static SmallRun.Bits bits(int steps) {
        return BITS.computeIfAbsent(steps, LocalRun::compute);
    }

    private static SmallRun.Bits compute(int steps) {
        Path directory = Scratch.empty("local-" + steps);
        SmallRun run = in(directory.resolve("run"), steps);
        submission("local[1]", directory).run("local", run);
        return run.bits();
    }

    /** A local master has no executors, so what they get from the properties comes from the driver's environment. */
    static Submission submission(String master, Path directory) {
        return Submission.to(master, directory).environment("OPENBLAS_CORETYPE", "Haswell");
    }

    /** A run on local files. */
    static SmallRun in(Path output, int steps) {
        return new SmallRun(new Configuration(), inputs().toString(), output.toString(), steps);
    }

    /** The run's configuration with paths relative to where the job is submitted, a directory below target/cluster. */
    static String relative(SmallRun run) {
        return run.configuration().replace(SparkHome.CLUSTERS.toString(), "..");
    }

    /** The model and the records side by side. */
    static Path inputs() {
        try {
            Path inputs = Files.createDirectories(SparkHome.CLUSTERS.resolve("inputs"));
            link(inputs.resolve("model"), Fixtures.path("tiny-llama/model"));
            link(inputs.resolve("train.json"), Fixtures.path("arc-easy/train.json"));
            return inputs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path link, Path to) throws IOException {
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, to);
        }
    }
}
