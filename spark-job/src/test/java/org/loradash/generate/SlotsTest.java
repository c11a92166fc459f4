package org.loradash.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.loradash.autograd.KeyValueCache;

class SlotsTest {
    @Test
    void aLayerWithAWindowHoldsNoMoreOfASequenceThanItSees() {
        Demand demand = new Demand(100_000, 16, 1024, 9);
        assertThat(demand.slots(OptionalInt.empty())).isEqualTo(100_000);
        assertThat(demand.slots(OptionalInt.of(512))).isEqualTo(16 * 511 + 1024);
        assertThat(new Demand(300, 16, 1024, 9).slots(OptionalInt.of(512))).isEqualTo(300);
    }

    @Test
    void aSlotIsUsedAgainWhenTheLastSequenceThatSeesItsTokenHasLetGo() {
        Slots slots = new Slots(new KeyValueCache.Room(OptionalInt.of(3), 4));
        Context first = new Context(List.of(slots));
        first.append(3);
        Context second = first.fork();
        first.slide();
        assertThat(first.held(0)).isEqualTo(2);
        first.append(1);
        assertThatThrownBy(() -> first.append(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("slots: all 4 are in use (must be more)");
        second.release();
        second.append(1);
        assertThat(second.slots(0)[0]).isEqualTo(0);
    }
}
