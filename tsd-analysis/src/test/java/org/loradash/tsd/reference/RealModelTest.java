package org.loradash.tsd.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.loradash.tsd.linalg.ReconstructionError;
import org.loradash.tsd.linalg.ThinSvd;
import org.loradash.tsd.source.BaseModel;
import org.loradash.tsd.source.Target;

/** Decompositions of SmolLM2-135M. */
class RealModelTest {
    @Test
    void everyMatrixIsGivenBackByItsDecomposition() {
        String model = System.getenv("LORADASH_SMOLLM2");
        assumeTrue(model != null, "skipped: LORADASH_SMOLLM2 is not set (see package-info)");
        try (BaseModel base = BaseModel.open("LORADASH_SMOLLM2", model, new Configuration())) {
            List<Target> targets = base.targets(List.of("q_proj", "k_proj", "v_proj", "up_proj", "down_proj"));
            assertThat(targets).hasSize(150);
            targets.parallelStream().forEach(target -> {
                float[] weight = base.weight(target);
                assertThat(ReconstructionError.relative(weight, ThinSvd.of(weight, target.rows(), target.columns())))
                        .as(target.toString())
                        .isLessThan(1e-5);
            });
        }
    }
}
