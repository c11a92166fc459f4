package org.loradash.tsd.report;

import java.util.Locale;

/**
 * A matrix of values from 0 to 1 as a map: the stronger the colour, the nearer to 1. A cell says its value when it is
 * pointed at; cells that would be blank are not drawn.
 *
 * @param title what it shows
 * @param rowLabel what the rows are, numbered from 1 downwards
 * @param columnLabel what the columns are, numbered from 1 to the right
 * @param values row by row, all of one length
 */
public record HeatMap(String title, String rowLabel, String columnLabel, double[][] values) implements Block {
    private static final double LEFT = 44;
    private static final double TOP = 10;
    private static final double SIDE = 340;
    private static final double BLANK = 0.005;
    private static final int MOST_NUMBERS = 8;

    @Override
    public void appendTo(StringBuilder html) {
        html.append("<figure><figcaption>").append(Html.escaped(title)).append("</figcaption>\n");
        int rows = values.length;
        int columns = rows == 0 ? 0 : values[0].length;
        if (columns == 0) {
            html.append("<p>No values to draw.</p></figure>\n");
            return;
        }
        double cell = SIDE / Math.max(rows, columns);
        double width = cell * columns;
        double height = cell * rows;
        html.append(text(
                "<svg class=\"square\" viewBox=\"0 0 %.1f %.1f\" role=\"img\" aria-label=\"%s\">"
                        + "<path class=\"map\" d=\"M%.1f %.1fh%.1fv%.1fh-%.1fz\"/>\n",
                LEFT + SIDE + 6, TOP + height + 40, Html.escaped(title), LEFT, TOP, width, height, width));
        appendCells(html, cell);
        appendNumbers(html, rows, columns, cell);
        html.append(text(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>"
                        + "<text transform=\"translate(12 %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>"
                        + "</svg></figure>\n",
                LEFT + width / 2,
                TOP + height + 34,
                Html.escaped(columnLabel),
                TOP + height / 2,
                Html.escaped(rowLabel)));
    }

    private void appendCells(StringBuilder html, double cell) {
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < values[i].length; j++) {
                double value = values[i][j];
                if (value >= BLANK) {
                    html.append(text(
                            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" opacity=\"%.2f\">"
                                    + "<title>%d, %d: %s</title></rect>",
                            LEFT + j * cell,
                            TOP + i * cell,
                            cell,
                            cell,
                            Math.min(1, value),
                            i + 1,
                            j + 1,
                            Html.number(value)));
                }
            }
        }
    }

    private static void appendNumbers(StringBuilder html, int rows, int columns, double cell) {
        int stride = (Math.max(rows, columns) + MOST_NUMBERS - 1) / MOST_NUMBERS;
        for (int j = 0; j < columns; j += stride) {
            html.append(text(
                    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d</text>",
                    LEFT + (j + 0.5) * cell, TOP + rows * cell + 15, j + 1));
        }
        for (int i = 0; i < rows; i += stride) {
            html.append(text(
                    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%d</text>",
                    LEFT - 5, TOP + (i + 0.5) * cell + 4, i + 1));
        }
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
