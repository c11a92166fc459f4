package org.loradash.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.loradash.data.Origin;
import org.loradash.task.Preview.Example;
import org.loradash.task.Preview.Refused;
import org.loradash.task.Preview.Shown;
import org.loradash.task.Preview.Together;
import org.loradash.task.Viewer.Piece;
import org.loradash.task.Viewer.View;

/** A record for people: its text, and its tokens with those that are learnt in colour or in brackets. */
final class ShownAsText implements ShownRecords {
    private final PrintWriter out;
    private final Marks marks;
    private int shown;

    /** What stands around a token that is learnt. */
    enum Marks {
        COLOURS("\u001b[1;32m", "\u001b[0m"),
        BRACKETS("[", "]");

        private final String before;
        private final String behind;

        Marks(String before, String behind) {
            this.before = before;
            this.behind = behind;
        }
    }

    ShownAsText(PrintWriter out, Marks marks) {
        this.out = out;
        this.marks = marks;
    }

    /** Colours on a terminal that has them and whose user has not said otherwise (no-color.org). */
    static Marks colours() {
        boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
        return terminal && System.getenv("NO_COLOR") == null ? Marks.COLOURS : Marks.BRACKETS;
    }

    @Override
    public void show(Shown record) {
        shown++;
        if (record instanceof Refused refused) {
            out.println("record " + shown + "  refused: "
                    + printable(refused.mistake().getMessage()));
            out.println();
        } else if (record instanceof Example example) {
            show(example);
        } else if (record instanceof Together together) {
            show(together);
        }
    }

    private void show(Together together) {
        out.printf(
                Locale.ROOT,
                "together   %d %s, of which %d are computed where they are packed together: the others are what a record has"
                        + " in common with another from its beginning (data.share-prefixes)%n",
                together.size(),
                together.units().size(),
                together.computed());
    }

    private void show(Example example) {
        View view = example.view();
        out.println("record " + shown + "  " + view.tokens().length + " tokens, " + learnt(view));
        if (example.left()) {
            out.println("  left out of training: nothing can be learnt of it within data.cutoff");
        }
        if (example.lost() > 0) {
            out.println("  lost " + example.lost() + " turns from its end, beyond data.cutoff");
        }
        String text = example.origin().map(Origin::text).orElse(view.text());
        text.lines().forEach(line -> out.println("  | " + printable(line)));
        out.println("  " + view.pieces().stream().map(this::marked).collect(Collectors.joining("\u00b7")));
        out.println();
    }

    private static String learnt(View view) {
        return view.labels()
                .map(labels -> Arrays.stream(labels).filter(label -> label >= 0).count() + " of them learnt")
                .orElseGet(() -> "label "
                        + view.className()
                                .orElseGet(() -> String.valueOf(view.label().orElseThrow())));
    }

    private String marked(Piece piece) {
        String text = printable(piece.text());
        return piece.labelled() ? marks.before + text + marks.behind : text;
    }

    /** A record is from outside: what it has of a terminal's commands is written, not carried out. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints().forEach(point -> {
            switch (point) {
                case '\n' -> printable.append("\\n");
                case '\r' -> printable.append("\\r");
                case '\t' -> printable.append("\\t");
                default -> {
                    if (Character.isISOControl(point)
                            || Character.getType(point) == Character.FORMAT && point != 0x200d) {
                        printable.append(String.format("\\u%04x", point));
                    } else {
                        printable.appendCodePoint(point);
                    }
                }
            }
        });
        return printable.toString();
    }
}
