package org.loradash.tsd.report;

import java.util.ArrayList;
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

    /** The table in columns of characters, a line for each row, the header's first. */
    public String text() {
        List<List<String>> lines = new ArrayList<>(rows);
        if (!header.isEmpty()) {
            lines.add(0, header);
        }
        int[] widths = new int[lines.stream().mapToInt(List::size).max().orElse(0)];
        for (List<String> line : lines) {
            for (int i = 0; i < line.size(); i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder cells = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                cells.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 2));
            }
            text.append(cells.toString().stripTrailing()).append('\n');
        }
        return text.toString();
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
