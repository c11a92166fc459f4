package org.loradash.task.language;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.loradash.kernel.operation.Forest;
import org.loradash.kernel.operation.Targets;

/**
 * What is computed of sequences that have tokens in common from their beginning: each of these once, with the targets of all
 * sequences that it stands for (prompt trees; exact gradients as in arXiv 2511.00413).
 *
 * @param tokens T token ids
 * @param forest how they hang together
 * @param targets of the T rows
 * @param order the sequences in the order in which a walk over the forest ends them
 * @param shared of each in this order, how many tokens it has in common with the one before, which is as many as with any
 *     before, and which are computed once
 */
record PrefixForest(int[] tokens, Forest forest, Targets targets, int[] order, int[] shared) {

    /** Sequences with what they have in common computed once. */
    static PrefixForest shared(TokenBatch batch) {
        Growth growth = new Growth(batch);
        growth.branches(IntStream.range(0, batch.sequences()).toArray(), 0, Forest.NONE);
        return growth.forest();
    }

    /** Each sequence by itself. */
    static PrefixForest apart(TokenBatch batch) {
        return new PrefixForest(
                batch.tokens(),
                Forest.of(batch.starts()),
                Targets.atMostOne(batch.targets()),
                IntStream.range(0, batch.sequences()).toArray(),
                new int[batch.sequences()]);
    }

    private static final class Growth {
        private final TokenBatch batch;
        private final int[] tokens;
        private final List<Integer> starts = new ArrayList<>();
        private final List<Integer> parents = new ArrayList<>();
        private final int[] firstTarget;
        private final List<Integer> wanted = new ArrayList<>();
        private final List<Integer> counts = new ArrayList<>();
        private final List<Integer> order = new ArrayList<>();
        private int rows = 0;

        Growth(TokenBatch batch) {
            this.batch = batch;
            this.tokens = new int[batch.tokenCount()];
            this.firstTarget = new int[batch.tokenCount() + 1];
        }

        /** Segments for sequences that go on behind a parent, by their next tokens in the order in which these come first. */
        void branches(int[] sequences, int place, int parent) {
            Map<Integer, List<Integer>> byToken = new LinkedHashMap<>();
            for (int sequence : sequences) {
                byToken.computeIfAbsent(batch.token(sequence, place), token -> new ArrayList<>())
                        .add(sequence);
            }
            byToken.values()
                    .forEach(branch ->
                            segment(branch.stream().mapToInt(Integer::intValue).toArray(), place, parent));
        }

        /** A segment as long as all sequences that have not ended go on alike, and what comes behind it. */
        private void segment(int[] sequences, int from, int parent) {
            int number = parents.size();
            starts.add(rows);
            parents.add(parent);
            int[] going = sequences;
            int place = from;
            do {
                tokens[rows] = batch.token(going[0], place);
                addTargets(going, place);
                rows++;
                place++;
                going = withoutEnded(going, place);
            } while (going.length > 0 && goOnAlike(going, place));
            if (going.length > 0) {
                branches(going, place, number);
            }
        }

        private int[] withoutEnded(int[] sequences, int place) {
            int[] going = sequences;
            if (Arrays.stream(sequences).anyMatch(sequence -> batch.length(sequence) == place)) {
                Arrays.stream(sequences)
                        .filter(sequence -> batch.length(sequence) == place)
                        .forEach(order::add);
                going = Arrays.stream(sequences)
                        .filter(sequence -> batch.length(sequence) > place)
                        .toArray();
            }
            return going;
        }

        private boolean goOnAlike(int[] sequences, int place) {
            int token = batch.token(sequences[0], place);
            return Arrays.stream(sequences).allMatch(sequence -> batch.token(sequence, place) == token);
        }

        private void addTargets(int[] sequences, int place) {
            Map<Integer, Integer> ofRow = new TreeMap<>();
            for (int sequence : sequences) {
                int target = batch.target(sequence, place);
                if (target != TokenBatch.NO_TARGET) {
                    ofRow.merge(target, 1, Integer::sum);
                }
            }
            wanted.addAll(ofRow.keySet());
            counts.addAll(ofRow.values());
            firstTarget[rows + 1] = wanted.size();
        }

        PrefixForest forest() {
            starts.add(rows);
            int[] ended = array(order);
            int[] shared = new int[ended.length];
            for (int i = 1; i < ended.length; i++) {
                shared[i] = batch.common(ended[i - 1], ended[i]);
            }
            return new PrefixForest(
                    Arrays.copyOf(tokens, rows),
                    Forest.of(array(starts), array(parents)),
                    new Targets(Arrays.copyOf(firstTarget, rows + 1), array(wanted), array(counts)),
                    ended,
                    shared);
        }

        private static int[] array(List<Integer> numbers) {
            return numbers.stream().mapToInt(Integer::intValue).toArray();
        }
    }
}
