package org.loradash.tsd.report;

import java.util.List;

/** Blocks beside one another where the page is wide enough, below one another where it is not. */
public record SideBySide(List<Block> blocks) implements Block {
    public SideBySide {
        blocks = List.copyOf(blocks);
    }

    @Override
    public void appendTo(StringBuilder html) {
        html.append("<div class=\"beside\">\n");
        blocks.forEach(block -> block.appendTo(html));
        html.append("</div>\n");
    }
}
