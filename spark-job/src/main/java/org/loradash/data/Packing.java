package org.loradash.data;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.loradash.tsd.InvalidInput;

/** How files of records may be packed, as their names end. */
enum Packing {
    NONE(""),
    GZIP(".gz"),
    ZSTD(".zst");

    private final String ending;

    Packing(String ending) {
        this.ending = ending;
    }

    static Packing ofName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(GZIP.ending) ? GZIP : lower.endsWith(ZSTD.ending) ? ZSTD : NONE;
    }

    /** A file's name in lower case, without the ending that says how it is packed. */
    static String unpackedName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.substring(0, lower.length() - ofName(name).ending.length());
    }

    /**
     * What is packed in a file's bytes.
     *
     * @param file its name, for messages
     * @throws InvalidInput there and in reading, where it is not packed so
     */
    InputStream unpacked(InputStream bytes, String file) throws IOException {
        try {
            return switch (this) {
                case NONE -> bytes;
                case GZIP -> new Checked(new GZIPInputStream(bytes), file, "gzip");
                case ZSTD -> new Checked(new ZstdInputStream(bytes), file, "zstd");
            };
        } catch (ZipException | EOFException damaged) {
            bytes.close();
            throw damaged(file, "gzip", damaged);
        }
    }

    private static InvalidInput damaged(String file, String packer, IOException cause) {
        return new InvalidInput(file + ": not what " + packer + " makes (must be, as its name ends)", cause);
    }

    private static boolean isDamage(IOException e) {
        return e instanceof ZipException || e instanceof EOFException || e instanceof ZstdIOException;
    }

    private static final class Checked extends FilterInputStream {
        private final String file;
        private final String packer;

        Checked(InputStream in, String file, String packer) {
            super(in);
            this.file = file;
            this.packer = packer;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return in.read(bytes, offset, length);
            } catch (IOException e) {
                if (isDamage(e)) {
                    throw damaged(file, packer, e);
                }
                throw e;
            }
        }
    }
}
