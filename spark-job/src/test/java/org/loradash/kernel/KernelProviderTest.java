package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.CrossEntropy;
import org.loradash.kernel.operation.Drop;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.kernel.operation.WriteColumns;
import org.loradash.tsd.InvalidInput;

class KernelProviderTest {

    @AfterEach
    void forceNothing() {
        System.clearProperty(KernelProvider.FORCED);
    }

    @Test
    void isFusedWhereTheVectorModuleIsThere() {
        assertThat(KernelProvider.best()).isEqualTo(KernelProvider.FUSED);
    }

    @Test
    void isWhatThePropertyForces() {
        System.setProperty(KernelProvider.FORCED, "portable");
        assertThat(KernelProvider.best()).isEqualTo(KernelProvider.PORTABLE);
    }

    @Test
    void refusesAProviderThatIsNone() {
        System.setProperty(KernelProvider.FORCED, "quick");
        assertThatThrownBy(KernelProvider::best)
                .isInstanceOf(InvalidInput.class)
                .hasMessage("loradash.kernels: quick (must be portable or fused)");
    }

    @Test
    void fallsBackWithAWarningThatNamesTheMissingFlag() throws IOException, InterruptedException {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.apache.logging.log4j.level=WARN",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WithoutVectorModule.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor()).as(output).isZero();
        assertThat(output).contains("--add-modules jdk.incubator.vector").contains("PORTABLE computed 6.0");
    }

    /** What the child process runs. */
    static final class WithoutVectorModule {
        public static void main(String[] arguments) {
            KernelProvider best = KernelProvider.best();
            Tensor product = Tensor.zeros(1, 1);
            best.open()
                    .run(new MatrixProduct(
                            Tensor.of(1, 1, 2), Side.PLAIN, Tensor.of(1, 1, 3), Side.PLAIN, product, 1, 0));
            System.out.println(best + " computed " + product.toArray()[0]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesShapesThatDoNotFit(KernelProvider provider) {
        Kernels kernels = provider.open();
        assertThatThrownBy(() -> kernels.run(new Add(Tensor.zeros(2, 3), 1, Tensor.zeros(3, 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("y: 3 x 2 (must be 2 x 3)");
        assertThatThrownBy(() -> kernels.run(new CrossEntropy(Tensor.zeros(1, 5), new int[] {5}, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("targets: 5 (must be from 0 to 4)");
        assertThatThrownBy(() -> kernels.run(new WriteColumns(Tensor.zeros(2, 3), 1, Tensor.zeros(2, 4), 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("columns: Tensor[2 x 3] from 2 on (must lie within Tensor[2 x 4], with as many rows)");
        assertThatThrownBy(() -> kernels.run(new Drop(Tensor.zeros(1, 1), 1, 0, 1, Tensor.zeros(1, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("probability: 1.0 (must be from 0 to below 1)");
        Tensor gaps = Tensor.zeros(2, 5).columns(1, 4);
        assertThatThrownBy(() -> kernels.run(new Add(gaps, 1, Tensor.zeros(2, 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Tensor[2 x 3, stride 5] (must be dense)");
    }
}
