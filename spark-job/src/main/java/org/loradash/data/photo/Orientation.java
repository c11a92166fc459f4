package org.loradash.data.photo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How the camera was held, as EXIF says it in a JPEG or PNG file: a number from 1, upright, to 8. */
final class Orientation {
    private static final int UPRIGHT = 1;
    private static final int TAG = 0x0112;
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int PNG_EXIF = 0x65584966;
    private static final int APPLICATION_1 = 0xe1;
    private static final int START_OF_SCAN = 0xda;

    private Orientation() {}

    /** That of a file; upright where it says none that can be read. */
    static int of(byte[] file) {
        try {
            return startsWith(file, 0, PNG) ? ofPng(ByteBuffer.wrap(file)) : ofJpeg(ByteBuffer.wrap(file));
        } catch (IndexOutOfBoundsException | IllegalArgumentException cut) {
            return UPRIGHT;
        }
    }

    private static int ofPng(ByteBuffer file) {
        for (int at = PNG.length; at + 8 <= file.limit(); ) {
            int length = file.getInt(at);
            if (length < 0) {
                return UPRIGHT;
            }
            if (file.getInt(at + 4) == PNG_EXIF) {
                return ofTiff(file.slice(at + 8, length));
            }
            at = Math.addExact(at, Math.addExact(length, 12));
        }
        return UPRIGHT;
    }

    private static int ofJpeg(ByteBuffer file) {
        for (int at = 2; at + 4 <= file.limit() && file.get(at) == (byte) 0xff; ) {
            int marker = Byte.toUnsignedInt(file.get(at + 1));
            int length = Short.toUnsignedInt(file.getShort(at + 2));
            if (marker == APPLICATION_1 && startsWith(file.array(), at + 4, EXIF)) {
                int from = at + 4 + EXIF.length;
                return ofTiff(file.slice(from, length - 2 - EXIF.length));
            }
            if (marker == START_OF_SCAN) {
                return UPRIGHT;
            }
            at += 2 + length;
        }
        return UPRIGHT;
    }

    /** EXIF is a TIFF file: the first directory's entries of 12 bytes. */
    private static int ofTiff(ByteBuffer exif) {
        exif.order(exif.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = exif.getInt(4);
        int entries = Short.toUnsignedInt(exif.getShort(directory));
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            if (Short.toUnsignedInt(exif.getShort(entry)) == TAG) {
                int value = exif.getShort(entry + 8);
                return value >= 1 && value <= 8 ? value : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    private static boolean startsWith(byte[] file, int from, byte[] start) {
        return file.length >= from + start.length
                && Arrays.equals(file, from, from + start.length, start, 0, start.length);
    }

    /** A photo as it was seen. */
    static Photo upright(Photo stored, int orientation) {
        int h = stored.height();
        int w = stored.width();
        return switch (orientation) {
            case 2 -> stored.flipped();
            case 3 -> stored.moved(h, w, (row, column) -> (h - 1 - row) * w + w - 1 - column);
            case 4 -> stored.moved(h, w, (row, column) -> (h - 1 - row) * w + column);
            case 5 -> stored.moved(w, h, (row, column) -> column * w + row);
            case 6 -> stored.moved(w, h, (row, column) -> (h - 1 - column) * w + row);
            case 7 -> stored.moved(w, h, (row, column) -> (h - 1 - column) * w + w - 1 - row);
            case 8 -> stored.moved(w, h, (row, column) -> column * w + w - 1 - row);
            default -> stored;
        };
    }
}
