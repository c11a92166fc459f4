package org.loradash.tsd.report;

/** A piece of a report: it writes itself as HTML, with all its text escaped. */
public sealed interface Block
        permits Paragraph,
                Pictures,
                Table,
                LineChart,
                ScatterChart,
                IntervalChart,
                HeatMap,
                Group,
                Chooser,
                SideBySide {
    /** Appends the block's HTML. */
    void appendTo(StringBuilder html);
}
