package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.List;
import org.loradash.data.jinja.Token.Kind;

/** What is assigned to: a name, an attribute of a namespace, or several of them. */
@FunctionalInterface
interface Target {
    void assign(Scope scope, Object value);

    static Target parse(TokenStream tokens) {
        List<Target> targets = new ArrayList<>();
        boolean several = false;
        do {
            if (several && !isOne(tokens)) {
                break;
            }
            targets.add(one(tokens));
            several |= tokens.current().isOperator(",");
        } while (tokens.skip(","));
        return several ? all(targets) : targets.get(0);
    }

    private static boolean isOne(TokenStream tokens) {
        return tokens.current().kind() == Kind.NAME && !tokens.current().isName("in")
                || tokens.current().isOperator("(");
    }

    private static Target one(TokenStream tokens) {
        if (tokens.skip("(")) {
            tokens.enter();
            Target inside = parse(tokens);
            tokens.leave();
            tokens.expect(")");
            return inside;
        }
        String name = tokens.expect(Kind.NAME).text();
        if (!tokens.skip(".")) {
            return (scope, value) -> scope.set(name, value);
        }
        String attribute = tokens.expect(Kind.NAME).text();
        return (scope, value) -> {
            if (!(scope.value(name) instanceof Namespace namespace)) {
                throw new TemplateMistake("cannot assign attribute on non-namespace object");
            }
            namespace.set(attribute, value);
        };
    }

    private static Target all(List<Target> targets) {
        return (scope, value) -> {
            if (!Values.isIterable(value)) {
                throw new TemplateMistake("cannot unpack non-iterable " + Values.type(value) + " object");
            }
            List<Object> values = Values.list(value, scope.rendering());
            if (values.size() != targets.size()) {
                throw new TemplateMistake(
                        values.size() > targets.size()
                                ? "too many values to unpack (expected " + targets.size() + ")"
                                : "not enough values to unpack (expected " + targets.size() + ", got " + values.size()
                                        + ")");
            }
            for (int i = 0; i < values.size(); i++) {
                targets.get(i).assign(scope, values.get(i));
            }
        };
    }
}
