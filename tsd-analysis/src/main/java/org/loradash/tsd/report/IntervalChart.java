package org.loradash.tsd.report;

import java.util.List;
import java.util.Locale;

/**
 * Estimates below one another, each a point in its interval, and a line at zero: an interval that does not reach the line
 * is of one sign.
 *
 * @param title what it shows
 * @param axis of all values; it always spans zero
 */
public record IntervalChart(String title, Axis axis, List<Estimate> estimates) implements Block {
    private static final double LEFT = 120;
    private static final double RIGHT = 468;
    private static final double TOP = 10;
    private static final double ROW = 30;
    private static final int LONGEST_NAME = 17;

    /** @param low and high, the ends of the interval */
    public record Estimate(String name, double value, double low, double high) {}

    public IntervalChart {
        estimates = List.copyOf(estimates);
    }

    @Override
    public void appendTo(StringBuilder html) {
        html.append("<figure><figcaption>").append(Html.escaped(title)).append("</figcaption>\n");
        double low = estimates.stream().mapToDouble(Estimate::low).min().orElse(0);
        double high = estimates.stream().mapToDouble(Estimate::high).max().orElse(0);
        if (estimates.isEmpty() || !Double.isFinite(high - low)) {
            html.append("<p>No values to draw.</p></figure>\n");
            return;
        }
        low = Math.min(0, low);
        high = Math.max(0, high);
        double room = high == low ? 1 : (high - low) / 20;
        Scale x = new Scale(low - room, high + room);
        double bottom = TOP + ROW * estimates.size();
        html.append(text(
                "<svg viewBox=\"0 0 480 %.0f\" role=\"img\" aria-label=\"%s\">", bottom + 48, Html.escaped(title)));
        for (double tick : axis.ticks(low - room, high + room)) {
            html.append(text(
                    "<path class=\"grid\" d=\"M%.1f %.0fV%.0f\"/>"
                            + "<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%s</text>",
                    x.at(tick), TOP, bottom, x.at(tick), bottom + 16, Html.number(tick)));
        }
        html.append(text("<path class=\"line c7\" d=\"M%.1f %.0fV%.0f\"/>\n", x.at(0), TOP, bottom));
        for (int i = 0; i < estimates.size(); i++) {
            append(html, estimates.get(i), x, TOP + ROW * (i + 0.5));
        }
        html.append(text(
                "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">%s</text></svg></figure>\n",
                (LEFT + RIGHT) / 2, bottom + 38, Html.escaped(axis.label())));
    }

    private static void append(StringBuilder html, Estimate estimate, Scale x, double y) {
        String name = estimate.name();
        html.append(text(
                "<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                LEFT - 8,
                y + 4,
                Html.escaped(name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME - 1) + "\u2026" : name)));
        html.append(text(
                "<path class=\"line c0\" d=\"M%.1f %.1fv8m0 -4H%.1fm0 -4v8\"/>",
                x.at(estimate.low()), y - 4, x.at(estimate.high())));
        html.append(text(
                "<circle class=\"c0\" r=\"4\" cx=\"%.1f\" cy=\"%.1f\"><title>%s: %s, from %s to %s</title></circle>\n",
                x.at(estimate.value()),
                y,
                Html.escaped(name),
                Html.number(estimate.value()),
                Html.number(estimate.low()),
                Html.number(estimate.high())));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** Where a value lies on the picture. */
    private record Scale(double low, double high) {
        double at(double value) {
            return LEFT + (RIGHT - LEFT) * (value - low) / (high - low);
        }
    }
}
