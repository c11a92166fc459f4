package org.loradash.data.jinja;

import java.util.List;

/** Something that writes, or changes names. */
@FunctionalInterface
interface Statement {
    /** What comes behind it: the next statement, or the end of a loop's pass, or of the loop. */
    enum Next {
        STATEMENT,
        CONTINUE,
        BREAK
    }

    Next run(Scope scope, StringBuilder out);

    /** Statements one after another. */
    static Statement all(List<Statement> statements) {
        Statement[] all = statements.toArray(Statement[]::new);
        return (scope, out) -> {
            for (Statement statement : all) {
                scope.rendering().step(1);
                Next next = statement.run(scope, out);
                if (next != Next.STATEMENT) {
                    return next;
                }
            }
            return Next.STATEMENT;
        };
    }

    /** What statements write where they have names of their own. */
    static String text(Statement body, Scope names) {
        StringBuilder out = new StringBuilder();
        body.run(names, out);
        return out.toString();
    }
}
