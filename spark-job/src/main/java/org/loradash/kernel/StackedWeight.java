package org.loradash.kernel;

import java.util.ArrayList;
import java.util.List;
import org.loradash.config.ModelSettings.Storage;

/**
 * Matrices one above the other, each held by itself, so that nothing that scales elements of one has to do with another's.
 *
 * @param parts with as many columns each, in one storage
 */
public record StackedWeight(List<Weight> parts) implements Weight {

    public StackedWeight {
        parts = List.copyOf(parts);
    }

    /** One of them alone is itself. */
    static Weight of(List<Weight> parts) {
        return parts.size() == 1 ? parts.get(0) : new StackedWeight(parts);
    }

    @Override
    public int rows() {
        return parts.stream().mapToInt(Weight::rows).reduce(0, Math::addExact);
    }

    @Override
    public int columns() {
        return parts.get(0).columns();
    }

    @Override
    public Storage storage() {
        return parts.get(0).storage();
    }

    @Override
    public long bytes() {
        return parts.stream().mapToLong(Weight::bytes).sum();
    }

    @Override
    public Weight firstRows(int count) {
        checkRows(count);
        List<Weight> first = new ArrayList<>();
        int left = count;
        for (Weight part : parts) {
            if (left > 0) {
                first.add(part.firstRows(Math.min(left, part.rows())));
            }
            left -= part.rows();
        }
        return of(first);
    }

    @Override
    public int unit() {
        return parts.get(0).unit();
    }

    @Override
    public void write(long fromElement, float[] values, int count) {
        checkElements(fromElement, values.length, count);
        byParts(fromElement, count, (part, from, done, some) -> {
            float[] these = new float[some];
            System.arraycopy(values, done, these, 0, some);
            part.write(from, these, some);
        });
    }

    @Override
    public void read(long fromElement, float[] destination, int count) {
        checkElements(fromElement, destination.length, count);
        byParts(fromElement, count, (part, from, done, some) -> {
            float[] these = new float[some];
            part.read(from, these, some);
            System.arraycopy(these, 0, destination, done, some);
        });
    }

    @FunctionalInterface
    private interface OnPart {
        /**
         * @param from the first element of the part
         * @param done elements before
         * @param some how many
         */
        void accept(Weight part, long from, int done, int some);
    }

    private void byParts(long fromElement, int count, OnPart work) {
        long begin = 0;
        for (Weight part : parts) {
            long from = Math.max(begin, fromElement);
            long to = Math.min(begin + part.size(), fromElement + count);
            if (from < to) {
                work.accept(part, from - begin, (int) (from - fromElement), (int) (to - from));
            }
            begin += part.size();
        }
    }
}
