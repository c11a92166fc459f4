package org.loradash.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    @ParameterizedTest
    @CsvSource({
        "rank,rank,0",
        "rnak,rank,1",
        "rnk,rank,1",
        "ranks,rank,1",
        "bank,rank,1",
        "'',rank,4",
        "kitten,sitting,3"
    })
    void countsChanges(String from, String to, int changes) {
        assertThat(NearestName.changes(from, to)).isEqualTo(changes);
    }

    @Property
    void countsTheSameBothWays(
            @ForAll @AlphaChars @StringLength(max = 8) String one,
            @ForAll @AlphaChars @StringLength(max = 8) String other) {
        assertThat(NearestName.changes(one, other)).isEqualTo(NearestName.changes(other, one));
    }

    @Test
    void prefersTheSameLastPartToTheSameSection() {
        assertThat(NearestName.among(List.of("training.steps", "adapter.rank"), "training.rank"))
                .isEqualTo("adapter.rank");
    }
}
