package org.loradash.tsd.report;

import java.util.List;

/**
 * Pictures beside each other that lie beside the page.
 *
 * @param title what they have in common
 * @param files their names, from where the page is
 */
public record Pictures(String title, List<String> files) implements Block {
    public Pictures {
        files = List.copyOf(files);
    }

    @Override
    public void appendTo(StringBuilder html) {
        html.append("<h3>").append(Html.escaped(title)).append("</h3>\n<div class=\"pictures\">");
        for (String file : files) {
            String name = Html.escaped(file);
            html.append("<img src=\"")
                    .append(name)
                    .append("\" alt=\"")
                    .append(name)
                    .append("\">");
        }
        html.append("</div>\n");
    }
}
