package org.loradash.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into lines, and lines into values. A line ends with a line feed, or carriage return and line feed; empty lines are
 * none. In quotes a value may hold delimiters, ends of lines and, doubled, quotes (RFC 4180, section 2).
 */
final class DelimitedLines {
    private static final int MOST_VALUES = 10_000;

    private final char delimiter;
    private final boolean quotes;
    private final StringBuilder value = new StringBuilder();
    private Reader text = Reader.nullReader();
    private int line;
    private int ended;

    DelimitedLines(char delimiter, boolean quotes) {
        this.delimiter = delimiter;
        this.quotes = quotes;
    }

    /** A line that is none. */
    static final class Malformed extends IOException {
        private static final long serialVersionUID = 1L;
        private final int line;
        private final String allowed;

        Malformed(int line, String what, String allowed) {
            super(what);
            this.line = line;
            this.allowed = allowed;
        }

        int line() {
            return line;
        }

        String allowed() {
            return allowed;
        }
    }

    void open(Reader from) {
        text = new BufferedReader(from);
    }

    /** Where the values that were read last begin, from 1. */
    int number() {
        return line;
    }

    /** The line that is being read, from 1: of values with ends of lines in them the one that has been come to. */
    int reached() {
        return ended + 1;
    }

    /** The values of the next line that is not empty; null where there is none. */
    List<String> next() throws IOException {
        List<String> values = new ArrayList<>();
        do {
            line = ended + 1;
            values.clear();
            if (!read(values)) {
                return null;
            }
        } while (values.size() == 1 && values.get(0).isEmpty());
        return values;
    }

    /** False where the text has ended before. */
    private boolean read(List<String> values) throws IOException {
        int next = text.read();
        if (next < 0) {
            return false;
        }
        while (true) {
            value.setLength(0);
            next = quotes && next == '"' ? quoted() : plain(next);
            if (values.size() == MOST_VALUES) {
                throw new Malformed(line, "more than " + MOST_VALUES + " values", "must be at most so many");
            }
            values.add(value.toString());
            if (next != delimiter) {
                ended++;
                return true;
            }
            next = text.read();
        }
    }

    /** Reads a value that begins with a character up to the delimiter, line feed or end behind it, which is given back. */
    private int plain(int first) throws IOException {
        int next = first;
        while (next >= 0 && next != '\n' && next != delimiter) {
            if (quotes && next == '"') {
                throw new Malformed(
                        line, "a quote within a value", "a value with quotes must stand in quotes, with each doubled");
            }
            add(next);
            next = text.read();
        }
        int last = value.length() - 1;
        if (next != delimiter && last >= 0 && value.charAt(last) == '\r') {
            value.setLength(last);
        }
        return next;
    }

    /** Reads a value behind its first quote, likewise. */
    private int quoted() throws IOException {
        while (true) {
            int next = text.read();
            if (next < 0) {
                throw new Malformed(line, "a quote that is not closed", "must be closed by another");
            }
            if (next == '"') {
                next = text.read();
                if (next != '"') {
                    return behind(next);
                }
            }
            ended += next == '\n' ? 1 : 0;
            add(next);
        }
    }

    private int behind(int first) throws IOException {
        int next = first == '\r' ? text.read() : first;
        if (next >= 0 && next != '\n' && (next != delimiter || first == '\r')) {
            throw new Malformed(
                    line,
                    "something behind a closing quote",
                    "must be a delimiter or the line's end; quotes within are doubled");
        }
        return next;
    }

    private void add(int character) throws IOException {
        if (value.length() == JsonRecords.LONGEST_TEXT) {
            throw new Malformed(
                    line,
                    "a value of more than " + JsonRecords.LONGEST_TEXT + " characters",
                    "must be at most so many");
        }
        value.append((char) character);
    }
}
