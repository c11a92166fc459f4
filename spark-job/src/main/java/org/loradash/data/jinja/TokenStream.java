package org.loradash.data.jinja;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.loradash.data.jinja.Token.Kind;

/** Tokens in their order, as parsers take them. */
final class TokenStream {
    /** Brackets, signs and blocks within each other. */
    private static final int DEEPEST = 100;

    private final List<Token> tokens;
    private final Set<String> read = new HashSet<>();
    private int at;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token look() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    /** The current one; the next is current then. */
    Token next() {
        Token token = current();
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean skip(String operator) {
        return skipIf(current().isOperator(operator));
    }

    boolean skipName(String name) {
        return skipIf(current().isName(name));
    }

    private boolean skipIf(boolean is) {
        if (is) {
            next();
        }
        return is;
    }

    Token expect(Kind kind) {
        if (current().kind() != kind) {
            throw mistake("expected token '" + kind.name().toLowerCase(Locale.ROOT) + "', got '" + current() + "'");
        }
        return next();
    }

    void expect(String operator) {
        if (!skip(operator)) {
            throw mistake("expected token '" + operator + "', got '" + current() + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw mistake("expected token '" + name + "', got '" + current() + "'");
        }
    }

    /** Begins something within something else. */
    void enter() {
        if (++depth > DEEPEST) {
            throw mistake("more than " + DEEPEST + " levels within each other");
        }
    }

    void leave() {
        depth--;
    }

    /** Names whose values were asked for since they were last forgotten. */
    Set<String> read() {
        return read;
    }

    TemplateMistake mistake(String message) {
        return TemplateMistake.at(current().line(), message);
    }
}
