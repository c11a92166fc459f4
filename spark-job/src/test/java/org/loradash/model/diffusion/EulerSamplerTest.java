package org.loradash.model.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.model.diffusion.PipelineParts.assertClose;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.model.ConfigJson;
import org.loradash.tsd.InvalidInput;

class EulerSamplerTest {
    private static final String LINEAR =
            "\"beta_schedule\": \"linear\", \"beta_start\": 0.0001, \"beta_end\": 0.02, \"final_sigmas_type\": \"sigma_min\"";
    private static final String SCALED =
            "\"beta_schedule\": \"scaled_linear\", \"beta_start\": 0.00085, \"beta_end\": 0.012";

    /** What diffusers' scheduler makes of two numbers, where the U-Net predicts sin(2 x) + t / 1000. */
    @ParameterizedTest
    @CsvSource({
        "trailing, v_prediction, linear, 3, 0.03431543932461001, -0.38423884032069466",
        "trailing, v_prediction, linear, 7, -0.06750249896227542, -0.41741844029520203",
        "linspace, epsilon, scaled, 3, -18.943998267179072, -24.959531944093605",
        "linspace, epsilon, scaled, 7, -12.335421235262642, -21.522993475911694",
        "leading, v_prediction, scaled, 3, -0.08044140198883569, -0.5409159894378134",
        "leading, v_prediction, scaled, 7, -0.07485688868899969, -0.6575564376593445"
    })
    void samplesAsDiffusersDoes(
            String spacing, String prediction, String schedule, int steps, float first, float second) {
        EulerSampler sampler =
                sampler("\"timestep_spacing\": \"%s\", \"prediction_type\": \"%s\", \"steps_offset\": %d, %s"
                        .formatted(
                                spacing,
                                prediction,
                                spacing.equals("leading") ? 1 : 0,
                                schedule.equals("linear") ? LINEAR : SCALED));
        float[] latents = sampler.sample(new float[] {0.5f, -1.25f}, steps, (x, timestep) -> {
            float[] predicted = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                predicted[i] = (float) (Math.sin(2 * x[i]) + timestep / 1000);
            }
            return predicted;
        });
        assertClose("latents", latents, new float[] {first, second}, 2e-5);
    }

    @Test
    void guidanceGoesBeyondTheConditionalPrediction() {
        assertThat(EulerSampler.guided(new float[] {1, 2}, new float[] {2, 2}, 5))
                .containsExactly(6, 2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"_class_name\": \"DPMSolverMultistepScheduler\"|_class_name: \"DPMSolverMultistepScheduler\" (must be"
                        + " EulerDiscreteScheduler to generate: others are not computed)",
                "\"use_karras_sigmas\": true|use_karras_sigmas: true (must be absent: it is not computed)",
                "\"timestep_type\": \"continuous\"|timestep_type: \"continuous\" (must be discrete: others are not computed)",
                "\"beta_schedule\": \"squaredcos_cap_v2\"|beta_schedule: \"squaredcos_cap_v2\" (must be scaled_linear or linear:"
                        + " others are not computed)",
                "\"rescale_betas_zero_snr\": true|rescale_betas_zero_snr: true (must be absent: it is not computed)",
                "\"prediction_type\": \"sample\"|prediction_type: \"sample\" (must be epsilon or v_prediction)",
                "\"beta_end\": 1.5|beta_end: 1.5 (must be between 0 and 1)",
                "\"num_train_timesteps\": 1|num_train_timesteps: 1 (must be from 2 to 65536)"
            })
    void refusesWhatItDoesNotCompute(String entry, String message) {
        assertThatThrownBy(() -> sampler(entry))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("scheduler_config.json: " + message);
    }

    @Test
    void hasAsManyStepsAsTheTrainingAtMost() {
        assertThatThrownBy(() -> sampler(SCALED).path(1001))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("--steps: 1001 (must be from 1 to 1000)");
    }

    private static EulerSampler sampler(String entries) {
        return EulerSampler.of(new ConfigJson(Fixtures.parse("{" + entries + "}"), "scheduler_config.json"));
    }
}
