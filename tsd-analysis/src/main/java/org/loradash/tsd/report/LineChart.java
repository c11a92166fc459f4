package org.loradash.tsd.report;

import java.util.List;

/** Lines through points, one for each series. */
public record LineChart(String title, Axis x, Axis y, List<Series> series) implements Block {
    private static final int MOST_POINTS = 400;

    public LineChart {
        series = List.copyOf(series);
    }

    @Override
    public void appendTo(StringBuilder html) {
        List<Series> drawn = series.stream()
                .map(line -> Thinning.extremes(line, MOST_POINTS))
                .toList();
        new Plot(title, x, y, drawn).appendTo(html, Plot.Mark.LINE);
    }
}
