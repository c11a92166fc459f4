package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.List;
import org.loradash.data.jinja.Token.Kind;

/** A macro's parameters. @param defaults one each, null where there is none */
record Signature(List<String> parameters, List<Expression> defaults) {
    static final Signature NONE = new Signature(List.of(), List.of());

    /** The current token is the opening bracket. */
    static Signature parse(TokenStream tokens, ExpressionParser expressions) {
        tokens.expect("(");
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        while (!tokens.current().isOperator(")")) {
            parameters.add(tokens.expect(Kind.NAME).text());
            boolean given = tokens.skip("=");
            if (!given && !defaults.isEmpty() && defaults.get(defaults.size() - 1) != null) {
                throw tokens.mistake("non-default argument follows default argument");
            }
            defaults.add(given ? expressions.expression() : null);
            if (!tokens.skip(",")) {
                break;
            }
        }
        tokens.expect(")");
        return new Signature(parameters, defaults);
    }
}
