package org.loradash.data.jinja;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of a template: what it has written, and how much it may still do. A template is hostile until it has ended. */
final class Rendering {
    /** Characters that one rendering may make, with {@link #OF_STEP} for each step and each element. */
    static final long MOST_WORK = 160_000_000;

    /** What a step takes of time, and an element of memory, of what a character takes. */
    private static final int OF_STEP = 16;

    private static final long LONGEST = TimeUnit.SECONDS.toNanos(30);
    private static final int DEEPEST = 60;
    private static final long BETWEEN_LOOKS_AT_THE_CLOCK = 1 << 16;

    private final LocalDateTime now;
    private final long begin = System.nanoTime();
    private final StringBuilder text = new StringBuilder();
    private final List<Template.Span> spans = new ArrayList<>();
    private long work;
    private long looked;
    private int depth;
    private int countedUnits;
    private int countedPoints;

    Rendering(LocalDateTime now) {
        this.now = now;
    }

    LocalDateTime now() {
        return now;
    }

    /** What has been written outside macros and blocks whose text is a value. */
    StringBuilder text() {
        return text;
    }

    /** The spans of text between generation marks. */
    List<Template.Span> spans() {
        return spans;
    }

    /**
     * Counts work before it is done.
     *
     * @throws TemplateMistake where it is too much
     */
    void spend(long units) {
        work += units;
        if (work > MOST_WORK || units < 0) {
            throw new TemplateMistake(
                    "takes more than " + MOST_WORK + " characters, or " + MOST_WORK / OF_STEP + " steps");
        }
        if (work - looked > BETWEEN_LOOKS_AT_THE_CLOCK) {
            looked = work;
            if (System.nanoTime() - begin > LONGEST) {
                throw new TemplateMistake("takes more than " + TimeUnit.NANOSECONDS.toSeconds(LONGEST) + " seconds");
            }
        }
    }

    /** Counts steps before they are taken, or elements before they are made. */
    void step(long count) {
        spend(Math.multiplyExact(OF_STEP, count));
    }

    /** A text whose making is counted. */
    String made(String made) {
        spend(made.length());
        return made;
    }

    /** Begins a call within others. */
    void enter() {
        if (++depth > DEEPEST) {
            throw new TemplateMistake("calls macros more than " + DEEPEST + " deep");
        }
    }

    void leave() {
        depth--;
    }

    /** Marks what is written next as generated. */
    void mark(String generated) {
        countedPoints += text.codePointCount(countedUnits, text.length());
        countedUnits = text.length();
        spans.add(new Template.Span(countedPoints, countedPoints + generated.codePointCount(0, generated.length())));
    }
}
