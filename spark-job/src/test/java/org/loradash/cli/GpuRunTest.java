package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.ChildJava;
import org.loradash.tsd.cli.CommandRun;

/** A whole run on a GPU, pre-launch, boundary and sprint, against the oracle in double precision. */
class GpuRunTest {
    private static final List<String> ON_A_GPU = List.of("-Dloradash.device=gpu", "-Xmx1g");

    @TempDir
    private Path temporary;

    @Test
    void aRunOnAGpuHasTheOraclesLosses() throws Exception {
        Golden golden = Golden.named("llama-tiny");
        TrainedRun run = new TrainedRun(temporary.resolve("run"));
        Path configuration = temporary.resolve("golden.conf");
        Files.writeString(configuration, golden.configuration(run.directory().toString()));
        ChildJava.Ended ended = ChildJava.run(LoraDash.class, ON_A_GPU, "train", configuration.toString());
        assumeTrue(ended.status() != CommandRun.MISTAKE || gpuIsThere(ended), () -> "skipped: " + refusal(ended));

        assertThat(ended.status()).as(ended.output()).isZero();
        List<JsonNode> events = run.events("step");
        int workers = golden.workers();
        int steps = golden.localSteps();
        assertThat(events).hasSize(golden.steps() * workers);
        for (int i = 0; i < events.size(); i++) {
            double loss = golden.expected()
                    .get("losses")
                    .get(i / (workers * steps))
                    .get(i / steps % workers)
                    .get(i % steps)
                    .asDouble();
            assertThat(events.get(i).get("loss").asDouble()).isCloseTo(loss, withinPercentage(0.01));
        }
    }

    private static boolean gpuIsThere(ChildJava.Ended ended) {
        return !refusal(ended).startsWith("lora-dash: loradash.device: gpu (");
    }

    private static String refusal(ChildJava.Ended ended) {
        return ended.output()
                .lines()
                .filter(line -> line.startsWith("lora-dash: "))
                .findFirst()
                .orElse("");
    }
}
