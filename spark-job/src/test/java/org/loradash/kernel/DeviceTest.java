package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.loradash.ChildJava;
import org.loradash.tsd.InvalidInput;

class DeviceTest {

    @AfterEach
    void sayNothing() {
        System.clearProperty(Device.PROPERTY);
    }

    @Test
    void isTheCpuUnlessAGpuIsAskedFor() {
        assertThat(Device.gpuIsAskedFor()).isFalse();
        System.setProperty(Device.PROPERTY, "gpu");
        assertThat(Device.gpuIsAskedFor()).isTrue();
        System.setProperty(Device.PROPERTY, "tpu");
        assertThatThrownBy(Device::gpuIsAskedFor)
                .isInstanceOf(InvalidInput.class)
                .hasMessage("loradash.device: tpu (must be cpu or gpu)");
    }

    @Test
    void refusesATasksGpuWhereTheProcessWasToldOfNone() {
        assertThatThrownBy(() -> Device.use("0"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("loradash.device: cpu (must be gpu where Spark gives tasks one:"
                        + " spark.executor.extraJavaOptions lacks -Dloradash.device=gpu)");
    }

    @Test
    void keepsToOneGpuAProcess() throws Exception {
        ChildJava.Ended ended = ChildJava.run(TwoGpus.class, List.of("-Dloradash.device=gpu"));
        assertThat(ended.output().lines().filter(line -> line.startsWith("refused ")))
                .containsExactly(
                        "refused GPU address: GPU-5f (must be a number, as deploy/gpu/discover prints them)",
                        "refused spark.executor.resource.gpu.amount: GPUs 1 and 0 in one process (must be 1: the tasks of"
                                + " an executor share one copy of the frozen weights)");
    }

    /** What the child process of that test runs. */
    static final class TwoGpus {
        public static void main(String[] arguments) {
            for (String address : List.of("GPU-5f", "1", "1", "0")) {
                try {
                    Device.use(address);
                } catch (InvalidInput e) {
                    System.out.println("refused " + e.getMessage());
                }
            }
        }
    }

    /** ND4J would print a stack trace; it must not even be loaded. */
    @Test
    void saysInOneLineWhyThereIsNoGpu() throws Exception {
        assumeTrue(Device.obstacle().isPresent(), "skipped: this machine has a GPU, and this build uses it");
        ChildJava.Ended ended = ChildJava.run(FirstTensor.class, List.of("-Dloradash.device=gpu"));
        assertThat(ended.output().lines().filter(line -> !line.startsWith("WARNING: Using incubator modules")))
                .containsExactly("refused " + Device.obstacle().orElseThrow().getMessage());
    }

    /** What the child process of that test runs. */
    static final class FirstTensor {
        public static void main(String[] arguments) {
            try {
                Tensor.zeros(1, 1);
            } catch (InvalidInput e) {
                System.out.println("refused " + e.getMessage());
            }
        }
    }
}
