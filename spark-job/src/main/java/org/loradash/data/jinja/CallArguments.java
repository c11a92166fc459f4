package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.loradash.data.jinja.Token.Kind;

/**
 * What stands between a call's brackets.
 *
 * @param more {@code *places}; null for none
 * @param moreNamed {@code **names}; null for none
 */
record CallArguments(List<Expression> places, Map<String, Expression> names, Expression more, Expression moreNamed) {
    static final CallArguments NONE = new CallArguments(List.of(), Map.of(), null, null);

    static CallArguments of(Expression only) {
        return new CallArguments(List.of(only), Map.of(), null, null);
    }

    /** The current token is the opening bracket. */
    static CallArguments parse(TokenStream tokens, ExpressionParser parser) {
        tokens.expect("(");
        List<Expression> places = new ArrayList<>();
        Map<String, Expression> names = new LinkedHashMap<>();
        Expression more = null;
        Expression moreNamed = null;
        while (!tokens.current().isOperator(")")) {
            if (tokens.skip("*") && more == null) {
                more = parser.expression();
            } else if (tokens.skip("**") && moreNamed == null) {
                moreNamed = parser.expression();
            } else if (tokens.current().kind() == Kind.NAME && tokens.look().isOperator("=")) {
                String name = tokens.next().text();
                tokens.next();
                names.put(name, parser.expression());
            } else if (names.isEmpty() && more == null && moreNamed == null) {
                places.add(parser.expression());
            } else {
                throw tokens.mistake("invalid syntax for function call expression");
            }
            if (!tokens.skip(",")) {
                break;
            }
        }
        tokens.expect(")");
        return new CallArguments(places, names, more, moreNamed);
    }

    Arguments value(Scope scope) {
        if (this == NONE) {
            return Arguments.NONE;
        }
        List<Object> given = new ArrayList<>();
        for (Expression place : places) {
            given.add(place.value(scope));
        }
        if (more != null) {
            given.addAll(Values.list(more.value(scope), scope.rendering()));
        }
        Map<String, Object> named = new LinkedHashMap<>();
        names.forEach((name, expression) -> named.put(name, expression.value(scope)));
        if (moreNamed != null) {
            if (!(moreNamed.value(scope) instanceof Map<?, ?> map)) {
                throw new TemplateMistake("argument after ** must be a mapping");
            }
            map.forEach((name, value) -> named.put(Representation.text(name, scope.rendering()), value));
        }
        return new Arguments(given, named);
    }

    /** The values with one more name. */
    Arguments with(String name, Object value, Scope scope) {
        Arguments given = value(scope);
        Map<String, Object> named = new LinkedHashMap<>(given.names());
        named.put(name, value);
        return new Arguments(given.places(), named);
    }
}
