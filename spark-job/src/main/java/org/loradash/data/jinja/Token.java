package org.loradash.data.jinja;

/**
 * A piece of a template.
 *
 * @param text of names and operators as they stand; of data and strings what they mean
 * @param value of numbers
 * @param line where it begins, from 1
 */
record Token(Kind kind, String text, Object value, int line) {
    enum Kind {
        DATA,
        BLOCK_BEGIN,
        BLOCK_END,
        VARIABLE_BEGIN,
        VARIABLE_END,
        NAME,
        STRING,
        NUMBER,
        OPERATOR,
        END
    }

    Token(Kind kind, String text, int line) {
        this(kind, text, null, line);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    /** What a message calls it. */
    @Override
    public String toString() {
        return switch (kind) {
            case BLOCK_BEGIN -> "{%";
            case BLOCK_END -> "%}";
            case VARIABLE_BEGIN -> "{{";
            case VARIABLE_END -> "}}";
            case END -> "end of template";
            default -> text;
        };
    }
}
