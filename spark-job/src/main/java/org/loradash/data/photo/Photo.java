package org.loradash.data.photo;

/**
 * A picture of three colours.
 *
 * @param pixels height x width x 3: red, green, blue, each from 0 to 255
 */
public record Photo(int height, int width, byte[] pixels) {
    public Photo {
        if (height < 1 || width < 1 || pixels.length != 3L * height * width) {
            throw new IllegalArgumentException(
                    "photo: %d x %d of %d bytes (must have three a pixel)".formatted(height, width, pixels.length));
        }
    }

    /** What was at a row and column. */
    interface Source {
        /** The index of the pixel that goes there. */
        int of(int row, int column);
    }

    /** Pixels of this one in other places. */
    Photo moved(int newHeight, int newWidth, Source source) {
        byte[] moved = new byte[3 * newHeight * newWidth];
        int to = 0;
        for (int row = 0; row < newHeight; row++) {
            for (int column = 0; column < newWidth; column++) {
                int from = 3 * source.of(row, column);
                moved[to++] = pixels[from];
                moved[to++] = pixels[from + 1];
                moved[to++] = pixels[from + 2];
            }
        }
        return new Photo(newHeight, newWidth, moved);
    }

    /** The part from a place on. */
    public Photo cropped(int top, int left, int newHeight, int newWidth) {
        return moved(newHeight, newWidth, (row, column) -> (top + row) * width + left + column);
    }

    /** Left and right exchanged. */
    public Photo flipped() {
        return moved(height, width, (row, column) -> row * width + width - 1 - column);
    }

    /** The colours from -1 to 1: height x width x 3. */
    public float[] scaled() {
        float[] scaled = new float[pixels.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (Byte.toUnsignedInt(pixels[i]) / 255f - 0.5f) / 0.5f;
        }
        return scaled;
    }

    /**
     * The picture of colours from -1 to 1, others cut off there.
     *
     * @param scaled height x width x 3
     */
    public static Photo of(int height, int width, float[] scaled) {
        byte[] pixels = new byte[scaled.length];
        for (int i = 0; i < pixels.length; i++) {
            float share = Math.max(0, Math.min(1, scaled[i] / 2 + 0.5f));
            pixels[i] = (byte) Math.rint(255 * share);
        }
        return new Photo(height, width, pixels);
    }
}
