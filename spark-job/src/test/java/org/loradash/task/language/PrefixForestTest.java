package org.loradash.task.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.loradash.data.Sequence;
import org.loradash.kernel.operation.Forest;
import org.loradash.kernel.operation.Targets;

class PrefixForestTest {
    private static final int NONE = Sequence.NO_LABEL;

    @Test
    void tokensInCommonFromTheBeginningAreThereOnce() {
        PrefixForest forest = PrefixForest.shared(TokenBatch.of(List.of(
                new Sequence(new int[] {7, 8, 1, 2}, new int[] {NONE, 8, 1, 2}),
                new Sequence(new int[] {5}, new int[] {5}),
                new Sequence(new int[] {7, 8}, new int[] {NONE, 8}),
                new Sequence(new int[] {7, 8, 3}, new int[] {NONE, NONE, 3}),
                new Sequence(new int[] {7, 8, 1}, new int[] {NONE, 8, 1}))));
        assertThat(forest.tokens()).containsExactly(7, 8, 1, 2, 3, 5);
        Forest tree = forest.forest();
        assertThat(IntStream.range(0, tree.segments()).map(tree::start)).containsExactly(0, 2, 4, 5);
        assertThat(IntStream.range(0, tree.segments()).map(tree::parent)).containsExactly(-1, 0, 0, -1);
        assertThat(tree.places()).containsExactly(0, 1, 2, 3, 2, 0);
        Targets targets = forest.targets();
        // 8 is the target of three of the four that begin with 7, then 1 of two and 3 of one.
        assertThat(targets.starts()).containsExactly(0, 1, 3, 4, 4, 4, 4);
        assertThat(targets.tokens()).containsExactly(8, 1, 3, 2);
        assertThat(targets.counts()).containsExactly(3, 2, 1, 1);
        assertThat(forest.order()).containsExactly(2, 4, 0, 3, 1);
        assertThat(forest.shared()).containsExactly(0, 2, 3, 2, 0);
    }

    /** Each sequence is a way down the forest, and each of its targets is counted there. */
    @Property(tries = 300)
    void everySequenceIsAWayFromARoot(
            @ForAll @Size(min = 1, max = 12)
                    List<@Size(min = 1, max = 9) List<@IntRange(min = 0, max = 2) Integer>> given) {
        List<Sequence> sequences = given.stream()
                .map(tokens -> {
                    int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
                    return new Sequence(ids, ids);
                })
                .toList();
        TokenBatch batch = TokenBatch.of(sequences);
        PrefixForest forest = PrefixForest.shared(batch);
        int[] counts = forest.targets().counts().clone();
        List<List<Integer>> prefixes = new ArrayList<>();
        for (int s = 0; s < given.size(); s++) {
            int row = -1;
            for (int place = 0; place < given.get(s).size(); place++) {
                row = next(forest, row, given.get(s).get(place));
                prefixes.add(given.get(s).subList(0, place + 1));
                int target = batch.target(s, place);
                if (target != TokenBatch.NO_TARGET) {
                    int from = forest.targets().starts()[row];
                    int to = forest.targets().starts()[row + 1];
                    counts[Arrays.binarySearch(forest.targets().tokens(), from, to, target)]--;
                }
            }
        }
        assertThat(Arrays.stream(counts).filter(count -> count != 0).toArray()).isEmpty();
        assertThat(forest.tokens()).hasSize((int) prefixes.stream().distinct().count());
    }

    /** The only row of that token behind another, or behind nothing. */
    private static int next(PrefixForest forest, int row, int token) {
        Forest tree = forest.forest();
        int[] behind = IntStream.range(0, tree.rows())
                .filter(r -> forest.tokens()[r] == token && before(tree, r) == row)
                .toArray();
        assertThat(behind).as("rows of token %d behind row %d", token, row).hasSize(1);
        return behind[0];
    }

    private static int before(Forest tree, int row) {
        for (int segment = 0; segment < tree.segments(); segment++) {
            if (tree.start(segment) == row) {
                return tree.parent(segment) == Forest.NONE ? -1 : tree.end(tree.parent(segment)) - 1;
            }
        }
        return row - 1;
    }
}
