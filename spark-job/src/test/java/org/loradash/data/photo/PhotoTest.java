package org.loradash.data.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.config.DenoisingSettings.Crop;
import org.loradash.config.DenoisingSettings.Flip;
import org.loradash.tsd.InvalidInput;

class PhotoTest {
    /** Two rows of three grey pixels: 10 20 30, 40 50 60. */
    private static final Photo SMALL =
            new Photo(2, 3, new byte[] {10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40, 50, 50, 50, 60, 60, 60});

    @Test
    void growsAsPillowDoes() {
        // Image.fromarray(np.uint8([[10, 20, 30], [40, 50, 60]])).resize((5, 4), Image.BILINEAR)
        Photo grown = BilinearResize.apply(SMALL, 4, 5);
        int[] first = new int[20];
        Arrays.setAll(first, i -> Byte.toUnsignedInt(grown.pixels()[3 * i]));
        assertThat(first)
                .containsExactly(10, 14, 20, 26, 30, 18, 22, 28, 34, 38, 33, 37, 43, 49, 53, 40, 44, 50, 56, 60);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 10 20 30 40 50 60",
        "2, 30 20 10 60 50 40",
        "3, 60 50 40 30 20 10",
        "4, 40 50 60 10 20 30",
        "5, 10 40 20 50 30 60",
        "6, 40 10 50 20 60 30",
        "7, 60 30 50 20 40 10",
        "8, 30 60 20 50 10 40",
        "9, 10 20 30 40 50 60"
    })
    void isTurnedAsItsExifSays(int orientation, String expected) throws IOException {
        Photo turned = PhotoFile.of(withExif(PhotoFile.png(SMALL), orientation), "photo");
        StringBuilder grey = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            grey.append(turned.pixels()[3 * i]).append(' ');
        }
        assertThat(grey.toString().strip()).isEqualTo(expected);
        assertThat(turned.height()).isEqualTo(orientation >= 5 && orientation <= 8 ? 3 : 2);
    }

    @Test
    void aJpegIsTurnedToo() throws IOException {
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(8, 4, BufferedImage.TYPE_3BYTE_BGR), "jpeg", jpeg);
        byte[] exif = exif(6, ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream marked = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(marked);
        out.write(jpeg.toByteArray(), 0, 2);
        out.writeShort(0xffe1);
        out.writeShort(2 + 6 + exif.length);
        out.write("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        out.write(exif);
        out.write(jpeg.toByteArray(), 2, jpeg.size() - 2);
        Photo turned = PhotoFile.of(marked.toByteArray(), "photo");
        assertThat(turned.height()).isEqualTo(8);
        assertThat(turned.width()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_BYTE_GRAY,
                BufferedImage.TYPE_USHORT_GRAY,
                BufferedImage.TYPE_4BYTE_ABGR,
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_BYTE_INDEXED
            })
    void itsSamplesAreTakenAsTheyAre(int type) throws IOException {
        BufferedImage image = new BufferedImage(2, 1, type);
        boolean wide = type == BufferedImage.TYPE_USHORT_GRAY;
        boolean indexed = type == BufferedImage.TYPE_BYTE_INDEXED;
        if (indexed) {
            image.setRGB(0, 0, 0xff000000);
            image.setRGB(1, 0, 0xff333333);
        } else {
            int[] samples = new int[image.getRaster().getNumBands()];
            image.getRaster().setPixel(0, 0, samples);
            Arrays.fill(samples, wide ? 0x3380 : 0x33);
            image.getRaster().setPixel(1, 0, samples);
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        assertThat(PhotoFile.of(png.toByteArray(), "photo").pixels()).containsExactly(0, 0, 0, 0x33, 0x33, 0x33);
    }

    @Test
    void aPngHasTheSamePixelsAgain() throws IOException {
        Photo photo = read();
        assertThat(PhotoFile.of(PhotoFile.png(photo), "photo").pixels()).containsExactly(photo.pixels());
        assertThat(Photo.of(photo.height(), photo.width(), photo.scaled()).pixels())
                .containsExactly(photo.pixels());
    }

    @Test
    void aRandomSquareLiesAnywhereInTheResizedPhoto() {
        Framing random = new Framing(2, Crop.RANDOM, Flip.NEVER);
        boolean[] lefts = new boolean[2];
        for (int seed = 0; seed < 20; seed++) {
            Framing.Framed framed = random.apply(SMALL, new Random(seed), "");
            lefts[(int) framed.conditions()[3]] = true;
            assertThat(framed.square().pixels()[0]).isEqualTo(framed.conditions()[3] == 0 ? (byte) 10 : (byte) 20);
        }
        assertThat(lefts).containsOnly(true);
    }

    @Test
    void aRandomFlipExchangesLeftAndRightInHalfOfAllCases() {
        Framing framing = new Framing(2, Crop.CENTRE, Flip.RANDOM);
        int flipped = 0;
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            byte first = framing.apply(SMALL, random, "").square().pixels()[0];
            assertThat(first).isIn((byte) 10, (byte) 30);
            flipped += first == 30 ? 1 : 0;
        }
        assertThat(flipped).isBetween(30, 70);
    }

    @Test
    void aFolderHasItsPhotosInTheOrderOfTheirNames(@TempDir Path folder) throws IOException {
        for (String name : List.of("b.png", "a.jpg", ".hidden", "_SUCCESS", "10.bmp")) {
            Files.write(folder.resolve(name), PhotoFile.png(SMALL));
        }
        Files.createDirectories(folder.resolve("more"));
        assertThat(photos(folder))
                .extracting(org.apache.hadoop.fs.Path::getName)
                .containsExactly("10.bmp", "a.jpg", "b.png");
    }

    @Test
    void aFolderWithoutPhotosIsRefused(@TempDir Path folder) {
        assertThatThrownBy(() -> photos(folder))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("data.train: file:" + folder + " (must be a folder with photos in it)");
        assertThatThrownBy(() -> photos(folder.resolve("none")))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "data.train: file:" + folder.resolve("none") + " (must be a folder of photos; there is none)");
    }

    private static List<org.apache.hadoop.fs.Path> photos(Path folder) throws IOException {
        return PhotoFolder.photos(new Configuration(), new org.apache.hadoop.fs.Path("file:" + folder), "data.train");
    }

    @Test
    void aHugePictureIsRefusedBeforeItsPixelsAreRead() throws IOException {
        byte[] png = PhotoFile.png(SMALL);
        ByteBuffer.wrap(png).putInt(16, 1 << 30).putInt(20, 1 << 30);
        seal(png, 12, 17);
        assertThatThrownBy(() -> PhotoFile.of(png, "data.train: a.png"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("data.train: a.png: 1073741824 x 1073741824 pixels (must have at most 100,000,000)");
    }

    @Test
    void aLongPictureIsRefusedBeforeItIsResized() {
        Photo line = new Photo(1, 20000, new byte[60000]);
        assertThatThrownBy(() ->
                        new Framing(1024, Crop.CENTRE, Flip.NEVER).apply(line, new Random(1), "data.train: a.png"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "data.train: a.png: 20000 x 1 pixels (must not be so long: with a shorter side of 1024 it would"
                                + " have more than 134217728)");
    }

    @Test
    void whatIsNoPictureIsRefused() throws IOException {
        assertThatThrownBy(() -> PhotoFile.of("RIFF....WEBP".getBytes(StandardCharsets.US_ASCII), "data.train: a.webp"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "data.train: a.webp: not a picture of a known format (must be a JPEG, PNG, GIF or BMP file)");
        byte[] cut = Arrays.copyOf(Files.readAllBytes(Fixtures.path("golden/sdxl-tiny/photo.png")), 9000);
        assertThatThrownBy(() -> PhotoFile.of(cut, "data.train: a.png"))
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("data.train: a.png: not a picture that can be read: ");
    }

    private static Photo read() throws IOException {
        return PhotoFile.read(new Configuration(), Fixtures.hadoopPath("golden/sdxl-tiny/photo.png"), "data.train");
    }

    private static byte[] exif(int orientation, ByteOrder order) {
        ByteBuffer exif = ByteBuffer.allocate(26).order(order);
        exif.put(order == ByteOrder.LITTLE_ENDIAN ? new byte[] {'I', 'I'} : new byte[] {'M', 'M'});
        exif.putShort((short) 42).putInt(8).putShort((short) 1);
        exif.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) orientation);
        return exif.array();
    }

    private static byte[] withExif(byte[] png, int orientation) throws IOException {
        byte[] exif = exif(orientation, ByteOrder.BIG_ENDIAN);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(png, 0, 33);
        out.writeInt(exif.length);
        out.write("eXIf".getBytes(StandardCharsets.US_ASCII));
        out.write(exif);
        out.writeInt(0);
        out.write(png, 33, png.length - 33);
        byte[] marked = bytes.toByteArray();
        seal(marked, 37, 4 + exif.length);
        return marked;
    }

    /** The check sum of a chunk behind its content. */
    private static void seal(byte[] png, int from, int count) {
        CRC32 sum = new CRC32();
        sum.update(png, from, count);
        ByteBuffer.wrap(png).putInt(from + count, (int) sum.getValue());
    }
}
