package org.loradash.data.photo;

import java.io.Serializable;
import java.util.random.RandomGenerator;
import org.loradash.config.DenoisingSettings.Crop;
import org.loradash.config.DenoisingSettings.Flip;
import org.loradash.tsd.InvalidInput;

/**
 * How a photo becomes a square: its shorter side is brought to the resolution, left and right may be exchanged, and a square is cut
 * out, as torchvision's Resize, RandomHorizontalFlip and CenterCrop or RandomCrop do.
 *
 * @param resolution side of the square, in pixels
 */
public record Framing(int resolution, Crop crop, Flip flip) implements Serializable {
    private static final long MOST_PIXELS = 1L << 27;

    /**
     * A square.
     *
     * @param conditions what SDXL is told of it (arXiv 2307.01952): height and width of the photo, top and left of the square in the
     *     resized photo, height and width of the square
     */
    public record Framed(Photo square, float[] conditions) {}

    /**
     * @param random where the square lies and whether it is flipped, if that is random
     * @param where names the photo in errors
     * @throws InvalidInput for a photo so long that it would become too large
     */
    public Framed apply(Photo photo, RandomGenerator random, String where) {
        Photo resized = resized(photo, where);
        Photo turned = flip == Flip.RANDOM && random.nextBoolean() ? resized.flipped() : resized;
        int top = from(turned.height(), random);
        int left = from(turned.width(), random);
        return new Framed(
                turned.cropped(top, left, resolution, resolution),
                new float[] {photo.height(), photo.width(), top, left, resolution, resolution});
    }

    private int from(int side, RandomGenerator random) {
        return switch (crop) {
                // Python rounds halves to even.
            case CENTRE -> (int) Math.rint((side - resolution) / 2.0);
            case RANDOM -> random.nextInt(side - resolution + 1);
        };
    }

    /** The photo with its shorter side brought to the resolution. */
    Photo resized(Photo photo, String where) {
        long shorter = Math.min(photo.height(), photo.width());
        long longer = Math.max(photo.height(), photo.width()) * (long) resolution / shorter;
        if (longer * resolution > MOST_PIXELS) {
            throw InvalidInput.of(
                    where,
                    photo.width() + " x " + photo.height() + " pixels",
                    "must not be so long: with a shorter side of " + resolution + " it would have more than "
                            + MOST_PIXELS);
        }
        return photo.width() <= photo.height()
                ? BilinearResize.apply(photo, (int) longer, resolution)
                : BilinearResize.apply(photo, resolution, (int) longer);
    }
}
