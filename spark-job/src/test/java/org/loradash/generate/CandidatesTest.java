package org.loradash.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.loradash.generate.Decoding.Sampling;

class CandidatesTest {
    private static final JsonNode WARPERS = Expected.JSON.get("warpers");

    static Stream<JsonNode> cases() {
        return StreamSupport.stream(WARPERS.get("cases").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void areWhatTheWarpersOfTransformersLeave(JsonNode given) {
        double[] expected = new ObjectMapper().convertValue(given.get("probabilities"), double[].class);
        Candidates candidates = Candidates.of(
                logits(),
                new Sampling(
                        given.get("temperature").asDouble(),
                        given.get("top_k").asInt(),
                        given.get("top_p").asDouble(),
                        0));
        double sum = Arrays.stream(candidates.probabilities()).sum();
        double[] actual = new double[expected.length];
        for (int i = 0; i < candidates.tokens().length; i++) {
            actual[candidates.tokens()[i]] = candidates.probabilities()[i] / sum;
        }
        assertThat(Arrays.stream(actual).filter(p -> p > 0).count())
                .as("tokens that are left")
                .isEqualTo(Arrays.stream(expected).filter(p -> p > 0).count());
        assertThat(actual).containsExactly(expected, within(1e-6));
    }

    @Test
    void areDrawnByTheirProbabilities() {
        Candidates candidates = Candidates.of(new float[] {0, (float) Math.log(3), -100}, new Sampling(1, 2, 1, 0));
        assertThat(candidates.tokens()).containsExactly(1, 0);
        assertThat(candidates.at(0)).isEqualTo(1);
        assertThat(candidates.at(0.749)).isEqualTo(1);
        assertThat(candidates.at(0.751)).isEqualTo(0);
        assertThat(candidates.at(Math.nextDown(1.0))).isEqualTo(0);
    }

    private static float[] logits() {
        return new ObjectMapper().convertValue(WARPERS.get("logits"), float[].class);
    }
}
