package org.loradash.tsd.report;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A table; it scrolls where it is wider or much longer than the page.
 *
 * @param header names of the columns; empty for none
 * @param rows the cells, row by row
 */
public record Table(List<String> header, List<List<String>> rows) implements Block {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9.]+(e-?[0-9]+)?");

    /** Two columns, name and value, such as settings. */
    public static Table of(Map<String, String> entries) {
        return new Table(
                List.of(),
                entries.entrySet().stream()
                        .map(entry -> List.of(entry.getKey(), entry.getValue()))
                        .toList());
    }

    @Override
    public void appendTo(StringBuilder html) {
        html.append("<div class=\"scroll\"><table>");
        if (!header.isEmpty()) {
            html.append("<thead>");
            appendRow(html, header, "th");
            html.append("</thead>");
        }
        html.append("<tbody>\n");
        rows.forEach(row -> appendRow(html, row, "td"));
        html.append("</tbody></table></div>\n");
    }

    private static void appendRow(StringBuilder html, List<String> cells, String tag) {
        html.append("<tr>");
        for (String cell : cells) {
            boolean number = NUMBER.matcher(cell).matches();
            html.append('<').append(tag).append(number ? " class=\"n\">" : ">").append(Html.breakable(cell));
            html.append("</").append(tag).append('>');
        }
        html.append("</tr>\n");
    }
}
