package org.loradash.data.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.loradash.data.jinja.Token.Kind;

/**
 * Makes expressions of tokens, by Jinja's grammar: conditions, {@code or}, {@code and}, {@code not}, comparisons, {@code + -},
 * {@code ~}, {@code * / // %}, {@code **}, signs, and then items, calls, filters and tests. Chains of operators are loops, so
 * that how deep evaluation goes is bounded by how deep brackets go.
 */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final int LONGEST_CHAIN = 200;

    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    private interface Level {
        Expression parse();
    }

    private record Part(String operator, Expression right) {}

    /** One expression, or several with commas between: a tuple. @param end a name that ends it; may be empty */
    Expression tuple(boolean conditions, String end) {
        List<Expression> items = new ArrayList<>();
        boolean several = false;
        do {
            boolean ended =
                    switch (tokens.current().kind()) {
                        case VARIABLE_END, BLOCK_END -> true;
                        default -> tokens.current().isOperator(")")
                                || tokens.current().isName(end);
                    };
            if (ended && (several || tokens.current().isOperator(")"))) {
                several = true;
                break;
            }
            items.add(conditions ? expression() : or());
            several |= tokens.current().isOperator(",");
        } while (tokens.skip(","));
        if (!several) {
            return items.get(0);
        }
        return scope -> new Tuple(values(items, scope));
    }

    Expression expression() {
        tokens.enter();
        Expression value = or();
        while (tokens.skipName("if")) {
            int line = tokens.current().line();
            Expression condition = or();
            Expression otherwise = tokens.skipName("else")
                    ? expression()
                    : scope -> new Undefined("the inline if-expression on line " + line
                            + " evaluated to false and no else section was defined.");
            Expression then = value;
            value = scope -> Values.isTrue(condition.value(scope)) ? then.value(scope) : otherwise.value(scope);
        }
        tokens.leave();
        return value;
    }

    private Expression or() {
        List<Expression> parts = new ArrayList<>(List.of(and()));
        while (tokens.skipName("or")) {
            parts.add(and());
        }
        return parts.size() == 1 ? parts.get(0) : first(parts, true);
    }

    private Expression and() {
        List<Expression> parts = new ArrayList<>(List.of(not()));
        while (tokens.skipName("and")) {
            parts.add(not());
        }
        return parts.size() == 1 ? parts.get(0) : first(parts, false);
    }

    /** The first value that is so, or the last one. */
    private static Expression first(List<Expression> parts, boolean wanted) {
        return scope -> {
            Object value = null;
            for (Expression part : parts) {
                value = part.value(scope);
                if (Values.isTrue(value) == wanted) {
                    break;
                }
            }
            return value;
        };
    }

    private Expression not() {
        if (!tokens.skipName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression value = not();
        tokens.leave();
        return scope -> !Values.isTrue(value.value(scope));
    }

    private Expression comparison() {
        Expression first = sum();
        List<Part> parts = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                parts.add(new Part(tokens.next().text(), sum()));
            } else if (tokens.skipName("in")) {
                parts.add(new Part("in", sum()));
            } else if (token.isName("not") && tokens.look().isName("in")) {
                tokens.next();
                tokens.next();
                parts.add(new Part("not in", sum()));
            } else {
                break;
            }
        }
        if (parts.isEmpty()) {
            return first;
        }
        return scope -> {
            Object left = first.value(scope);
            for (Part part : parts) {
                Object right = part.right().value(scope);
                if (!Comparison.holds(part.operator(), left, right, scope.rendering())) {
                    return false;
                }
                left = right;
            }
            return true;
        };
    }

    private Expression sum() {
        return chain(this::concatenation, Set.of("+", "-"));
    }

    private Expression concatenation() {
        List<Expression> parts = new ArrayList<>(List.of(product()));
        while (tokens.skip("~")) {
            parts.add(product());
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        return scope -> {
            StringBuilder text = new StringBuilder();
            for (Expression part : parts) {
                text.append(scope.rendering().made(Representation.text(part.value(scope), scope.rendering())));
            }
            return text.toString();
        };
    }

    private Expression product() {
        return chain(this::power, Set.of("*", "/", "//", "%"));
    }

    private Expression power() {
        return chain(() -> unary(true), Set.of("**"));
    }

    private Expression chain(Level level, Set<String> operators) {
        Expression first = level.parse();
        List<Part> parts = new ArrayList<>();
        while (tokens.current().kind() == Kind.OPERATOR
                && operators.contains(tokens.current().text())) {
            parts.add(new Part(tokens.next().text(), level.parse()));
        }
        if (parts.isEmpty()) {
            return first;
        }
        return scope -> {
            Object value = first.value(scope);
            for (Part part : parts) {
                scope.rendering().step(1);
                value = operated(part.operator(), value, part.right().value(scope), scope.rendering());
            }
            return value;
        };
    }

    private static Object operated(String operator, Object left, Object right, Rendering rendering) {
        return switch (operator) {
            case "+" -> Arithmetic.add(left, right, rendering);
            case "*" -> Arithmetic.multiply(left, right, rendering);
            case "%" -> left instanceof String text
                    ? Format.percent(text, right, rendering)
                    : Arithmetic.numbers(operator, left, right);
            default -> Arithmetic.numbers(operator, left, right);
        };
    }

    private Expression unary(boolean filters) {
        tokens.enter();
        Expression value;
        if (tokens.skip("-")) {
            Expression positive = unary(false);
            value = scope -> Arithmetic.negative(positive.value(scope));
        } else if (tokens.skip("+")) {
            Expression same = unary(false);
            value = scope -> Arithmetic.negative(Arithmetic.negative(same.value(scope)));
        } else {
            value = primary();
        }
        value = postfix(value);
        value = filters ? filtered(value) : value;
        tokens.leave();
        return value;
    }

    Expression primary() {
        Token token = tokens.current();
        switch (token.kind()) {
            case NAME -> {
                tokens.next();
                return name(token.text());
            }
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (tokens.current().kind() == Kind.STRING) {
                    text.append(tokens.next().text());
                }
                String whole = text.toString();
                return scope -> whole;
            }
            case NUMBER -> {
                tokens.next();
                return scope -> token.value();
            }
            default -> {
                if (tokens.skip("(")) {
                    Expression inside = tuple(true, "");
                    tokens.expect(")");
                    return inside;
                }
                if (tokens.skip("[")) {
                    return list();
                }
                if (tokens.skip("{")) {
                    return dictionary();
                }
                throw tokens.mistake("unexpected '" + token + "'");
            }
        }
    }

    private Expression name(String name) {
        switch (name) {
            case "true", "True" -> {
                return scope -> true;
            }
            case "false", "False" -> {
                return scope -> false;
            }
            case "none", "None" -> {
                return scope -> null;
            }
            default -> {
                tokens.read().add(name);
                return scope -> scope.value(name);
            }
        }
    }

    private Expression list() {
        List<Expression> items = new ArrayList<>();
        while (!tokens.current().isOperator("]")) {
            items.add(expression());
            if (!tokens.skip(",")) {
                break;
            }
        }
        tokens.expect("]");
        return scope -> values(items, scope);
    }

    private Expression dictionary() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.current().isOperator("}")) {
            keys.add(expression());
            tokens.expect(":");
            values.add(expression());
            if (!tokens.skip(",")) {
                break;
            }
        }
        tokens.expect("}");
        return scope -> {
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                scope.rendering().step(1);
                map.put(Values.key(keys.get(i).value(scope)), values.get(i).value(scope));
            }
            return map;
        };
    }

    private static List<Object> values(List<Expression> items, Scope scope) {
        scope.rendering().step(items.size());
        List<Object> values = new ArrayList<>();
        for (Expression item : items) {
            values.add(item.value(scope));
        }
        return values;
    }

    private Expression postfix(Expression of) {
        Expression value = of;
        for (int chain = 0; ; chain++) {
            check(chain);
            if (tokens.skip(".")) {
                value = attribute(value);
            } else if (tokens.skip("[")) {
                value = item(value);
            } else if (tokens.current().isOperator("(")) {
                value = call(value);
            } else {
                return value;
            }
        }
    }

    private void check(int chain) {
        if (chain > LONGEST_CHAIN) {
            throw tokens.mistake("more than " + LONGEST_CHAIN + " items, calls or filters one behind another");
        }
    }

    private Expression attribute(Expression of) {
        Token token = tokens.next();
        if (token.kind() == Kind.NUMBER && token.value() instanceof BigInteger index) {
            return scope -> Access.item(of.value(scope), index, scope.rendering());
        }
        if (token.kind() != Kind.NAME) {
            throw TemplateMistake.at(token.line(), "expected name or number");
        }
        return scope -> {
            scope.rendering().step(1);
            return Access.attribute(of.value(scope), token.text());
        };
    }

    private Expression item(Expression of) {
        Expression from = tokens.current().isOperator(":") ? null : expression();
        if (!tokens.skip(":")) {
            tokens.expect("]");
            return scope -> {
                scope.rendering().step(1);
                return Access.item(of.value(scope), from.value(scope), scope.rendering());
            };
        }
        Expression to = isBound() ? expression() : null;
        Expression step = tokens.skip(":") && isBound() ? expression() : null;
        tokens.expect("]");
        return scope -> {
            scope.rendering().step(1);
            return Access.slice(
                    of.value(scope), bound(from, scope), bound(to, scope), bound(step, scope), scope.rendering());
        };
    }

    private boolean isBound() {
        return !tokens.current().isOperator(":") && !tokens.current().isOperator("]");
    }

    private static Object bound(Expression bound, Scope scope) {
        return bound == null ? null : bound.value(scope);
    }

    /** A call, the current token at its opening bracket. */
    Expression call(Expression of) {
        CallArguments arguments = CallArguments.parse(tokens, this);
        return scope -> called(of.value(scope), arguments.value(scope), scope.rendering());
    }

    static Object called(Object function, Arguments arguments, Rendering rendering) {
        rendering.step(1);
        if (function instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (function instanceof Loop loop && loop.again() != null) {
            return loop.again().call(rendering, arguments);
        }
        if (function instanceof Callable callable) {
            return callable.call(rendering, arguments);
        }
        throw new TemplateMistake("'" + Values.type(function) + "' object is not callable");
    }

    private Expression filtered(Expression of) {
        Expression value = of;
        for (int chain = 0; ; chain++) {
            check(chain);
            if (tokens.skip("|")) {
                value = filter(value);
            } else if (tokens.skipName("is")) {
                value = test(value);
            } else if (tokens.current().isOperator("(")) {
                value = call(value);
            } else {
                return value;
            }
        }
    }

    /** A filter of a value, the current token its name. */
    Expression filter(Expression of) {
        String name = dotted();
        CallArguments arguments =
                tokens.current().isOperator("(") ? CallArguments.parse(tokens, this) : CallArguments.NONE;
        return scope -> Filters.apply(name, of.value(scope), arguments.value(scope), scope.rendering());
    }

    private Expression test(Expression of) {
        boolean negated = tokens.skipName("not");
        String name = dotted();
        CallArguments arguments = CallArguments.NONE;
        Token next = tokens.current();
        if (next.isOperator("(")) {
            arguments = CallArguments.parse(tokens, this);
        } else if (next.isName("is")) {
            throw tokens.mistake("You cannot chain multiple tests with is");
        } else if (isArgument(next)) {
            arguments = CallArguments.of(postfix(primary()));
        }
        CallArguments given = arguments;
        return scope -> Tests.isTrue(name, of.value(scope), given.value(scope), scope.rendering()) != negated;
    }

    private static boolean isArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> !Set.of("else", "or", "and").contains(token.text());
            case STRING, NUMBER -> true;
            default -> token.isOperator("[") || token.isOperator("{");
        };
    }

    private String dotted() {
        StringBuilder name = new StringBuilder(tokens.expect(Kind.NAME).text());
        while (tokens.skip(".")) {
            name.append('.').append(tokens.expect(Kind.NAME).text());
        }
        return name.toString();
    }
}
