package org.loradash.tsd.report;

import java.util.Map;

/**
 * Many blocks of one kind, of which the reader chooses one by name from a select box. Without scripts all are shown.
 *
 * @param label what is chosen
 * @param choices the blocks by name, in the order of the map
 */
public record Chooser(String label, Map<String, Block> choices) implements Block {
    @Override
    public void appendTo(StringBuilder html) {
        html.append("<div class=\"chooser\"><label>")
                .append(Html.escaped(label))
                .append(" <select>");
        for (String name : choices.keySet()) {
            html.append("<option>").append(Html.escaped(name)).append("</option>");
        }
        html.append("</select></label>\n");
        choices.forEach((name, block) -> {
            html.append("<div class=\"choice\"><h3>").append(Html.escaped(name)).append("</h3>\n");
            block.appendTo(html);
            html.append("</div>\n");
        });
        html.append("</div>\n");
    }
}
