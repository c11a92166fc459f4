package org.loradash.tsd.report;

/** A paragraph of text. */
public record Paragraph(String text) implements Block {
    @Override
    public void appendTo(StringBuilder html) {
        html.append("<p>").append(Html.escaped(text)).append("</p>\n");
    }
}
