package org.loradash.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table for people: the first column to the left, the others to the right. */
final class TextTable {
    private static final String GAP = "   ";

    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... titles) {
        rows.add(List.of(titles));
    }

    /** Cells are texts, whole numbers as they are, and doubles with three significant digits or more. */
    TextTable row(Object... cells) {
        List<String> texts = new ArrayList<>();
        for (Object cell : cells) {
            texts.add(cell instanceof Double number ? number(number) : String.valueOf(cell));
        }
        rows.add(texts);
        return this;
    }

    static String number(double value) {
        double size = Math.abs(value);
        int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.001 ? 3 : 6;
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** Writes it to the output, with an empty line after it. */
    void print() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(pad(row.get(0), -widths[0]));
            for (int i = 1; i < columns; i++) {
                line.append(GAP).append(pad(row.get(i), widths[i]));
            }
            System.out.println(line.toString().stripTrailing());
        }
        System.out.println();
    }

    private static String pad(String text, int width) {
        return String.format("%" + width + "s", text);
    }
}
