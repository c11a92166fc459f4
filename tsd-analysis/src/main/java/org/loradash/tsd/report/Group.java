package org.loradash.tsd.report;

import java.util.List;

/** Blocks below one another, as one. */
public record Group(List<Block> blocks) implements Block {
    public Group {
        blocks = List.copyOf(blocks);
    }

    @Override
    public void appendTo(StringBuilder html) {
        blocks.forEach(block -> block.appendTo(html));
    }
}
