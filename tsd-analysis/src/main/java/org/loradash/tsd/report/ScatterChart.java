package org.loradash.tsd.report;

import java.util.List;

/** Points, one colour for each series; what should stand out comes last, and is drawn larger where it is short. */
public record ScatterChart(String title, Axis x, Axis y, List<Series> series) implements Block {
    private static final int MOST_POINTS = 200;

    public ScatterChart {
        series = List.copyOf(series);
    }

    @Override
    public void appendTo(StringBuilder html) {
        List<Series> drawn = series.stream()
                .map(points -> Thinning.highest(points, MOST_POINTS))
                .toList();
        new Plot(title, x, y, drawn).appendTo(html, Plot.Mark.POINT);
    }
}
