package org.loradash.data.photo;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.data.InputFile;
import org.loradash.data.RecordFile;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** Files of photos. */
public final class PhotoFile {
    /** The formats that are read, of those that the JDK has. */
    private static final List<String> FORMATS = List.of("jpeg", "png", "gif", "bmp");

    private static final String ALLOWED = "must be a JPEG, PNG, GIF or BMP file";
    private static final int LARGEST = 1 << 26;
    private static final long MOST_PIXELS = 100_000_000;

    private PhotoFile() {}

    /**
     * Reads a photo, turned as its EXIF says. Transparency is left out, and of several pictures the first is read.
     *
     * @param setting the configuration key that names it, for messages
     * @throws InvalidInput where there is none, it is no picture, or a larger one than is allowed: before its pixels are read
     */
    public static Photo read(Configuration configuration, Path path, String setting) throws IOException {
        byte[] bytes = InputFile.bytes(configuration, path, setting, LARGEST);
        return of(bytes, setting + ": " + path);
    }

    /**
     * A photo of a folder, which becomes part of the folder's hash.
     *
     * @throws InvalidInput as the other
     */
    public static Photo read(RecordFile folder, Path path) throws IOException {
        return of(folder.bytes(path, LARGEST), folder.setting() + ": " + path);
    }

    /** @param where names the file in errors */
    static Photo of(byte[] bytes, String where) {
        try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            ImageReader reader = reader(input, where);
            try {
                reader.setInput(input, true, true);
                int width = reader.getWidth(0);
                int height = reader.getHeight(0);
                if ((long) width * height > MOST_PIXELS) {
                    throw InvalidInput.of(
                            where, width + " x " + height + " pixels", "must have at most %,d".formatted(MOST_PIXELS));
                }
                return Orientation.upright(photo(reader.read(0)), Orientation.of(bytes));
            } finally {
                reader.dispose();
            }
        } catch (InvalidInput refused) {
            throw refused;
        } catch (IOException | RuntimeException malformed) {
            throw new InvalidInput(
                    where + ": not a picture that can be read: "
                            + Message.oneLine(String.valueOf(malformed.getMessage())) + " (" + ALLOWED + ")",
                    malformed);
        }
    }

    private static ImageReader reader(ImageInputStream input, String where) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
                return reader;
            }
            reader.dispose();
        }
        throw InvalidInput.of(where, "not a picture of a known format", ALLOWED);
    }

    /** The samples as they are in the file, whatever profile of colours it names, as Pillow takes them. */
    private static Photo photo(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] pixels = new byte[Math.multiplyExact(3, Math.multiplyExact(height, width))];
        ColorModel model = image.getColorModel();
        boolean samples = model instanceof ComponentColorModel && model.getComponentSize(0) >= 8;
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        int[] row = new int[width * Math.max(bands, 1)];
        for (int y = 0; y < height; y++) {
            int to = 3 * y * width;
            if (samples) {
                raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
                int shift = model.getComponentSize(0) - 8;
                for (int x = 0; x < width; x++) {
                    for (int colour = 0; colour < 3; colour++) {
                        pixels[to++] = (byte) (row[x * bands + (bands < 3 ? 0 : colour)] >> shift);
                    }
                }
            } else {
                for (int x = 0; x < width; x++) {
                    int rgb = image.getRGB(x, y);
                    pixels[to++] = (byte) (rgb >> 16);
                    pixels[to++] = (byte) (rgb >> 8);
                    pixels[to++] = (byte) rgb;
                }
            }
        }
        return new Photo(height, width, pixels);
    }

    /** The bytes of a PNG file. */
    public static byte[] png(Photo photo) {
        BufferedImage image = new BufferedImage(photo.width(), photo.height(), BufferedImage.TYPE_3BYTE_BGR);
        int[] row = new int[3 * photo.width()];
        for (int y = 0; y < photo.height(); y++) {
            for (int i = 0; i < row.length; i++) {
                row[i] = Byte.toUnsignedInt(photo.pixels()[y * row.length + i]);
            }
            image.getRaster().setPixels(0, y, photo.width(), 1, row);
        }
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ImageIO.write(image, "png", new javax.imageio.stream.MemoryCacheImageOutputStream(bytes));
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
