package org.loradash.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.data.photo.Photo;
import org.loradash.data.photo.PhotoFile;
import org.loradash.generate.Painter;
import org.loradash.tsd.Counted;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.WholeFile;
import picocli.CommandLine.Option;

/** Options of {@code generate} for pipelines that make pictures. */
final class PictureOptions {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(?:x(\\d{1,6}))?");

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "With a pipeline of pictures: the PNG file that is written. It replaces one that is there.")
    private String output;

    @Option(
            names = "--negative",
            paramLabel = "TEXT",
            description = "What the picture is led away from (otherwise what the pipeline says).")
    private String negative;

    @Option(names = "--steps", paramLabel = "N", description = "Of the sampler (otherwise 50).")
    private Integer steps;

    @Option(
            names = "--guidance",
            paramLabel = "G",
            description = "How far it goes beyond the prompt's own prediction; at most 1 for that alone (otherwise 5).")
    private Double guidance;

    @Option(
            names = "--size",
            paramLabel = "HxW",
            description = "Height and width in pixels, or one number for both (otherwise what the U-Net was made for).")
    private String size;

    /** Whether a picture is asked for. */
    boolean asked() {
        return output != null;
    }

    /** Refuses options that a text has no use for. */
    void refuse() {
        refuse("--negative", negative);
        refuse("--steps", steps);
        refuse("--guidance", guidance);
        refuse("--size", size);
    }

    private static void refuse(String option, Object given) {
        if (given != null) {
            throw InvalidInput.of(option, given, "must come with --output, for a picture");
        }
    }

    Painter.Request request(String prompt, long seed) {
        if (!output.toLowerCase(Locale.ROOT).endsWith(".png")) {
            throw InvalidInput.of("--output", output, "must end with .png");
        }
        if (guidance != null && !(guidance >= 0 && guidance <= 1000)) {
            throw InvalidInput.of("--guidance", guidance, "must be from 0 to 1000");
        }
        return new Painter.Request(
                prompt,
                Optional.ofNullable(negative),
                steps == null ? 50 : steps,
                guidance == null ? 5 : guidance,
                Optional.ofNullable(size).map(PictureOptions::sides),
                seed);
    }

    private static List<Integer> sides(String size) {
        Matcher sides = SIZE.matcher(size);
        if (!sides.matches()) {
            throw InvalidInput.of("--size", size, "must be height x width, such as 1024x768, or one number");
        }
        int height = Integer.parseInt(sides.group(1));
        return List.of(height, sides.group(2) == null ? height : Integer.parseInt(sides.group(2)));
    }

    /** Paints and writes the file, which appears whole. */
    void write(Painter painter, Painter.Request request, Configuration hadoop, PrintWriter err) {
        try {
            FileSystem files = FileSystems.of("--output", output, hadoop);
            Path path = FileSystems.path(output);
            long begin = System.nanoTime();
            Photo picture = painter.paint(request);
            byte[] png = PhotoFile.png(picture);
            WholeFile.write(files, path, out -> out.write(png));
            err.println(String.format(
                    Locale.ROOT,
                    "%s: %d x %d pixels, %s in %.1f s",
                    output,
                    picture.height(),
                    picture.width(),
                    Counted.of(request.steps(), "step"),
                    (System.nanoTime() - begin) * 1e-9));
        } catch (IOException failed) {
            throw new UncheckedIOException(output, failed);
        }
    }
}
