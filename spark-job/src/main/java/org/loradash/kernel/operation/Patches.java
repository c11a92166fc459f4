package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedPatches;
import org.loradash.kernel.portable.PortablePatches;

/** What lies around the places of an image, so that a convolution of some places is one product. */
public final class Patches {
    private Patches() {}

    /**
     * Which places of an image each place of a convolution's result is made of.
     *
     * @param height of the image; a tensor has a row for each place, line by line
     * @param side of the square that is looked at
     * @param before lines and columns of zeros before the first
     * @param stride places from one square to the next
     * @param enlargement as how many lines, and as how many columns, each place of the image is seen
     * @param outHeight lines of the result
     */
    public record View(
            int height, int width, int side, int before, int stride, int enlargement, int outHeight, int outWidth) {

        /** How many places a square has. */
        public int area() {
            return side * side;
        }

        /** Whether each place of the result is made of the same one of the image alone. */
        public boolean isEachPlace() {
            return side == 1 && before == 0 && stride == 1 && enlargement == 1;
        }

        /** How many places the result has. */
        public int places() {
            return outHeight * outWidth;
        }

        /**
         * The image's place that one of the square of a result's place is.
         *
         * @param within the square, line by line
         * @return its row, or -1 for zeros outside
         */
        public int row(int place, int within) {
            return row(line(place) + within / side, column(place) + within % side, lines(), columns());
        }

        /** The line of the first place of a result's place's square, as the image is seen, from -before on. */
        public int line(int place) {
            return place / outWidth * stride - before;
        }

        /** The column of that place. */
        public int column(int place) {
            return place % outWidth * stride - before;
        }

        /** The row of a place of the image as it is seen, or -1 for zeros outside. */
        public int row(int line, int column, int lines, int columns) {
            if (line < 0 || column < 0 || line >= lines || column >= columns) {
                return -1;
            }
            return enlargement == 1 ? line * width + column : line / enlargement * width + column / enlargement;
        }

        /** How many lines are seen. */
        public int lines() {
            return seen(height, outHeight);
        }

        /** How many columns are seen. */
        public int columns() {
            return seen(width, outWidth);
        }

        /** An enlarged image may lack its last line, as the result does. */
        private int seen(int length, int out) {
            return enlargement == 1 ? length : Math.min(enlargement * length, out);
        }

        private void check(Tensor image, int from, int rows) {
            Account.same("image", image.rows(), 1, height * width, 1);
            if (from < 0 || from + rows > places()) {
                throw new IllegalArgumentException(
                        "places: [%d, %d) (must lie within %d)".formatted(from, from + rows, places()));
            }
        }
    }

    /**
     * out (n x area * channels) row i = the channels of all places around the result's place from + i, one place behind the
     * other, zeros outside.
     *
     * @param x height * width x channels
     */
    public record Forward(Tensor x, View view, int from, Tensor out) implements Operation {
        @Override
        public void account(Account account) {
            view.check(x, from, out.rows());
            account.reads("x", x).dense();
            account.writes("out", out).dense().shape(out.rows(), view.area() * x.columns());
        }

        @Override
        public Cut cut() {
            return Cut.rows(
                    out.rows(),
                    out.columns(),
                    (begin, end) -> new Forward(x, view, from + begin, out.rows(begin, end)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedPatches.forward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortablePatches.forward(this);
            return 0;
        }
    }

    /**
     * dx (height * width x some) += the gradients of all patches that a place is in. It is cut by channels, since a place is in
     * several patches.
     *
     * @param dOut n x area * channels: of the patches around the result's places from {@code from} on
     * @param channel the first of those that dx has; dx may have gaps
     */
    public record Backward(Tensor dOut, View view, int from, int channel, Tensor dx) implements Operation {
        public Backward(Tensor dOut, View view, int from, Tensor dx) {
            this(dOut, view, from, 0, dx);
        }

        /** How many channels the patches have. */
        public int channels() {
            return dOut.columns() / view.area();
        }

        @Override
        public void account(Account account) {
            view.check(dx, from, dOut.rows());
            if (dOut.columns() % view.area() != 0 || channel + dx.columns() > channels()) {
                throw new IllegalArgumentException("channels: [%d, %d) of patches of %d columns (must be of those)"
                        .formatted(channel, channel + dx.columns(), dOut.columns()));
            }
            account.reads("dOut", dOut).dense();
            account.changes("dx", dx).computes(dOut.size());
        }

        @Override
        public Cut cut() {
            return Cut.columns(
                    (int) Math.min(Integer.MAX_VALUE, (long) dOut.rows() * view.area()),
                    dx.columns(),
                    1,
                    (begin, end) -> new Backward(dOut, view, from, channel + begin, dx.columns(begin, end)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedPatches.backward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortablePatches.backward(this);
            return 0;
        }
    }
}
