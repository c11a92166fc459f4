package org.loradash.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.concurrent.Callable;
import org.loradash.benchmark.process.Json;
import org.loradash.benchmark.process.WatchedJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code job CONF}: a run of the job in Spark's local mode, for {@code growth} to read what it moved. */
@Command(
        name = "job",
        description = "The whole job in Spark's local mode; prints one JSON line, the bytes that a round moves.",
        mixinStandardHelpOptions = true)
final class JobCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CONF", description = "The job's configuration, with two rounds at least.")
    private String configuration;

    @Option(
            names = "--collect",
            description =
                    "Collect the heap at the end of each round, to tell how much is in use; rounds take longer then.")
    private boolean collect;

    @Override
    public Integer call() throws JsonProcessingException {
        System.out.println(Json.line(WatchedJob.run(configuration, collect)));
        return 0;
    }
}
