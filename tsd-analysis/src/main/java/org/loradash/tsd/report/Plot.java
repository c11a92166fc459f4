package org.loradash.tsd.report;

import java.util.List;
import java.util.Locale;

/** A chart as SVG: axes, grid, marks, a legend. Colours come from the page's style sheet. */
record Plot(String title, Axis xAxis, Axis yAxis, List<Series> series) {
    enum Mark {
        LINE,
        POINT
    }

    private static final double WIDTH = 480;
    private static final double HEIGHT = 290;
    private static final double LEFT = 74;
    private static final double RIGHT = 468;
    private static final double TOP = 10;
    private static final double BOTTOM = 242;
    /** Between the outermost points and the edge, so that none is cut. */
    private static final double ROOM = 6;

    private static final int COLOURS = 8;
    /** Series up to this length say their values when pointed at. */
    private static final int MOST_TITLES = 60;

    void appendTo(StringBuilder html, Mark mark) {
        html.append("<figure><figcaption>").append(Html.escaped(title)).append("</figcaption>\n");
        Range x = Range.of(xAxis, series, true, this);
        Range y = Range.of(yAxis, series, false, this);
        if (x == null || y == null) {
            html.append("<p>No values to draw.</p></figure>\n");
            return;
        }
        html.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">",
                WIDTH,
                HEIGHT,
                Html.escaped(title)));
        appendAxes(html, x, y);
        for (int i = 0; i < series.size(); i++) {
            appendSeries(html, series.get(i), i % COLOURS, x, y, mark);
        }
        html.append("</svg>\n");
        appendLegend(html);
        html.append("</figure>\n");
    }

    private void appendAxes(StringBuilder html, Range x, Range y) {
        for (double tick : xAxis.ticks(x.low, x.high)) {
            double at = x.position(tick);
            html.append(String.format(
                    Locale.ROOT,
                    "<path class=\"grid\" d=\"M%.1f %.0fV%.0f\"/><text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%s</text>",
                    at,
                    TOP,
                    BOTTOM,
                    at,
                    BOTTOM + 16,
                    Html.number(tick)));
        }
        for (double tick : yAxis.ticks(y.low, y.high)) {
            double at = y.position(tick);
            html.append(String.format(
                    Locale.ROOT,
                    "<path class=\"grid\" d=\"M%.0f %.1fH%.0f\"/><text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT,
                    at,
                    RIGHT,
                    LEFT - 6,
                    at + 4,
                    Html.number(tick)));
        }
        html.append(String.format(
                Locale.ROOT,
                "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">%s</text>"
                        + "<text transform=\"translate(13 %.0f) rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
                (LEFT + RIGHT) / 2,
                HEIGHT - 10,
                Html.escaped(xAxis.label()),
                (TOP + BOTTOM) / 2,
                Html.escaped(yAxis.label())));
    }

    private void appendSeries(StringBuilder html, Series line, int colour, Range x, Range y, Mark mark) {
        boolean drawnThrough = mark == Mark.LINE;
        boolean pointedAt = line.size() <= MOST_TITLES;
        StringBuilder path = new StringBuilder();
        boolean penDown = false;
        for (int i = 0; i < line.size(); i++) {
            boolean shown = shows(line, i);
            if (shown && (drawnThrough || !pointedAt)) {
                path.append(penDown && drawnThrough ? 'L' : 'M');
                path.append(coordinate(x.position(line.x()[i])))
                        .append(' ')
                        .append(coordinate(y.position(line.y()[i])));
                path.append(drawnThrough ? "" : "h0");
            }
            penDown = shown;
        }
        if (path.length() > 0) {
            html.append("<path class=\"").append(drawnThrough ? "line" : "dots");
            html.append(" c").append(colour).append("\" d=\"").append(path).append('"');
            if (!pointedAt) {
                appendValues(html, line);
            }
            html.append("/>\n");
        }
        for (int i = 0; pointedAt && i < line.size(); i++) {
            if (shows(line, i)) {
                html.append("<circle class=\"c")
                        .append(colour)
                        .append("\" r=\"")
                        .append(drawnThrough ? 2 : 3);
                html.append("\" cx=\"").append(coordinate(x.position(line.x()[i])));
                html.append("\" cy=\"").append(coordinate(y.position(line.y()[i])));
                html.append("\"><title>").append(Html.escaped(line.name())).append(": ");
                html.append(Html.number(line.x()[i])).append(", ").append(Html.number(line.y()[i]));
                html.append("</title></circle>");
            }
        }
    }

    /** What the page's script says of the path's points: the values are not to be had from rounded coordinates. */
    private void appendValues(StringBuilder html, Series line) {
        html.append(" data-name=\"").append(Html.escaped(line.name())).append("\" data-values=\"");
        String separator = "";
        for (int i = 0; i < line.size(); i++) {
            if (shows(line, i)) {
                html.append(separator).append(Html.number(line.x()[i])).append(", ");
                html.append(Html.number(line.y()[i]));
                separator = ";";
            }
        }
        html.append('"');
    }

    private void appendLegend(StringBuilder html) {
        if (series.size() < 2) {
            return;
        }
        html.append("<div class=\"legend\">");
        for (int i = 0; i < series.size(); i++) {
            html.append("<span><i class=\"c").append(i % COLOURS).append("\"></i>");
            html.append(Html.escaped(series.get(i).name())).append("</span>");
        }
        html.append("</div>");
    }

    private boolean shows(Series line, int i) {
        return xAxis.shows(line.x()[i]) && yAxis.shows(line.y()[i]);
    }

    /** Tenths of a unit, written as short as can be. */
    private static String coordinate(double value) {
        long tenths = Math.round(value * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : tenths / 10 + "." + Math.abs(tenths % 10);
    }

    /** The values that an axis spans, and where they lie on the picture. */
    private record Range(Axis axis, double low, double high, double start, double end) {
        static Range of(Axis axis, List<Series> series, boolean horizontal, Plot plot) {
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (Series line : series) {
                for (int i = 0; i < line.size(); i++) {
                    if (plot.shows(line, i)) {
                        double value = horizontal ? line.x()[i] : line.y()[i];
                        low = Math.min(low, value);
                        high = Math.max(high, value);
                    }
                }
            }
            if (low > high) {
                return null;
            }
            low = axis.least() < low ? axis.least() : low;
            high = axis.most() > high ? axis.most() : high;
            if (low == high) {
                double room = low == 0 ? 1 : Math.abs(low) / 2;
                low -= room;
                high += room;
            }
            return horizontal
                    ? new Range(axis, low, high, LEFT + ROOM, RIGHT - ROOM)
                    : new Range(axis, low, high, BOTTOM - ROOM, TOP + ROOM);
        }

        double position(double value) {
            double from = axis.laidOut(low);
            return start + (end - start) * (axis.laidOut(value) - from) / (axis.laidOut(high) - from);
        }
    }
}
