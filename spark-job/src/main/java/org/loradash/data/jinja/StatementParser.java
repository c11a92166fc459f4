package org.loradash.data.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.loradash.data.jinja.Statement.Next;
import org.loradash.data.jinja.Token.Kind;

/**
 * Makes statements of tokens: Jinja's that need no other template, {@code break} and {@code continue}, and {@code generation},
 * which transformers adds.
 */
final class StatementParser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int loops;

    StatementParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /** The whole template. */
    Statement template() {
        Statement all = body();
        if (tokens.current().kind() != Kind.END) {
            throw unknown();
        }
        return all;
    }

    /** Statements up to a tag of one of these names, which is current then, or the end. */
    private Statement body(String... ends) {
        tokens.enter();
        List<Statement> statements = new ArrayList<>();
        while (tokens.current().kind() != Kind.END) {
            Token token = tokens.current();
            switch (token.kind()) {
                case DATA -> {
                    tokens.next();
                    statements.add(write(scope -> token.text()));
                }
                case VARIABLE_BEGIN -> {
                    tokens.next();
                    statements.add(write(expressions.tuple(true, "")));
                    tokens.expect(Kind.VARIABLE_END);
                }
                default -> {
                    if (tokens.look().kind() == Kind.NAME
                            && Arrays.asList(ends).contains(tokens.look().text())) {
                        tokens.next();
                        tokens.leave();
                        return Statement.all(statements);
                    }
                    tokens.expect(Kind.BLOCK_BEGIN);
                    statements.add(statement());
                    tokens.expect(Kind.BLOCK_END);
                }
            }
        }
        if (ends.length > 0) {
            throw tokens.mistake(
                    "Unexpected end of template. Jinja was looking for the tag " + String.join(" or ", ends));
        }
        tokens.leave();
        return Statement.all(statements);
    }

    /** A tag's body behind its own end, up to a tag of that name, which is gone then. */
    private Statement closed(String end) {
        tokens.expect(Kind.BLOCK_END);
        Statement body = body(end);
        tokens.next();
        return body;
    }

    private static Statement write(Expression expression) {
        return (scope, out) -> {
            String text = Representation.text(expression.value(scope), scope.rendering());
            scope.rendering().spend(text.length());
            out.append(text);
            return Next.STATEMENT;
        };
    }

    private TemplateMistake unknown() {
        return tokens.mistake("Encountered unknown tag '" + tokens.current() + "'.");
    }

    private Statement statement() {
        String tag = tokens.current().kind() == Kind.NAME ? tokens.current().text() : "";
        switch (tag) {
            case "set", "if", "for", "macro", "call", "filter", "with", "generation", "print" -> tokens.next();
            case "break", "continue" -> {
                if (loops == 0) {
                    throw tokens.mistake("'" + tag + "' outside loop");
                }
                tokens.next();
            }
            default -> throw unknown();
        }
        return switch (tag) {
            case "set" -> set();
            case "if" -> condition();
            case "for" -> loop();
            case "macro" -> macro();
            case "call" -> call();
            case "filter" -> filter();
            case "with" -> with();
            case "generation" -> generation();
            case "print" -> print();
            case "break" -> (scope, out) -> Next.BREAK;
            default -> (scope, out) -> Next.CONTINUE;
        };
    }

    private Statement set() {
        Target target = Target.parse(tokens);
        if (tokens.skip("=")) {
            Expression value = expressions.tuple(true, "");
            return (scope, out) -> {
                target.assign(scope, value.value(scope));
                return Next.STATEMENT;
            };
        }
        Block text = new Block();
        Expression value = text;
        while (tokens.skip("|")) {
            value = expressions.filter(value);
        }
        text.body = outsideLoops(() -> closed("endset"));
        Expression filtered = value;
        return (scope, out) -> {
            target.assign(scope, filtered.value(scope));
            return Next.STATEMENT;
        };
    }

    /** The text of a body as a value, which filters take before the body is read. */
    private static final class Block implements Expression {
        private Statement body;

        @Override
        public Object value(Scope scope) {
            return scope.rendering().made(Statement.text(body, scope.inner()));
        }
    }

    private interface Parsing {
        Statement parse();
    }

    /** What makes a value of its text is none of the loop around it. */
    private Statement outsideLoops(Parsing parsing) {
        int around = loops;
        loops = 0;
        Statement body = parsing.parse();
        loops = around;
        return body;
    }

    private record Branch(Expression condition, Statement body) {}

    private Statement condition() {
        List<Branch> branches = new ArrayList<>();
        while (true) {
            Expression condition = expressions.tuple(false, "");
            tokens.expect(Kind.BLOCK_END);
            branches.add(new Branch(condition, body("elif", "else", "endif")));
            String next = tokens.next().text();
            if (!next.equals("elif")) {
                if (next.equals("else")) {
                    branches.add(new Branch(scope -> true, closed("endif")));
                }
                break;
            }
        }
        return (scope, out) -> {
            for (Branch branch : branches) {
                if (Values.isTrue(branch.condition().value(scope))) {
                    return branch.body().run(scope, out);
                }
            }
            return Next.STATEMENT;
        };
    }

    private Statement loop() {
        Target target = Target.parse(tokens);
        tokens.expectName("in");
        Expression items = expressions.tuple(false, "recursive");
        Expression filter = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        tokens.expect(Kind.BLOCK_END);
        loops++;
        Statement body = body("endfor", "else");
        loops--;
        Statement otherwise = tokens.next().isName("else") ? closed("endfor") : Statement.all(List.of());
        return new For(target, items, filter, body, otherwise, recursive);
    }

    private Statement macro() {
        String name = tokens.expect(Kind.NAME).text();
        Signature signature = Signature.parse(tokens, expressions);
        Definition definition = definition(name, signature, "endmacro");
        return (scope, out) -> {
            scope.set(name, definition.in(scope));
            return Next.STATEMENT;
        };
    }

    private interface Definition {
        Macro in(Scope scope);
    }

    private Definition definition(String name, Signature signature, String end) {
        Set<String> before = Set.copyOf(tokens.read());
        tokens.read().clear();
        Statement body = outsideLoops(() -> closed(end));
        boolean takesMore = tokens.read().contains("varargs") || tokens.read().contains("kwargs");
        tokens.read().addAll(before);
        return scope -> new Macro(name, signature.parameters(), signature.defaults(), takesMore, body, scope);
    }

    private Statement call() {
        Signature signature = tokens.current().isOperator("(") ? Signature.parse(tokens, expressions) : Signature.NONE;
        Expression function = expressions.primary();
        while (tokens.skip(".")) {
            String attribute = tokens.expect(Kind.NAME).text();
            Expression of = function;
            function = scope -> Access.attribute(of.value(scope), attribute);
        }
        Expression called = function;
        CallArguments arguments = CallArguments.parse(tokens, expressions);
        Definition caller = definition("caller", signature, "endcall");
        return write(scope -> ExpressionParser.called(
                called.value(scope), arguments.with("caller", caller.in(scope), scope), scope.rendering()));
    }

    private Statement filter() {
        Block text = new Block();
        Expression value = expressions.filter(text);
        while (tokens.skip("|")) {
            value = expressions.filter(value);
        }
        text.body = outsideLoops(() -> closed("endfilter"));
        return write(value);
    }

    private Statement print() {
        List<Statement> parts = new ArrayList<>();
        do {
            parts.add(write(expressions.expression()));
        } while (tokens.skip(","));
        return Statement.all(parts);
    }

    private Statement with() {
        Map<String, Expression> values = new LinkedHashMap<>();
        while (tokens.current().kind() == Kind.NAME) {
            String name = tokens.next().text();
            tokens.expect("=");
            values.put(name, expressions.expression());
            if (!tokens.skip(",")) {
                break;
            }
        }
        Statement body = closed("endwith");
        return (scope, out) -> {
            Scope inner = scope.inner();
            values.forEach((name, value) -> inner.set(name, value.value(scope)));
            return body.run(inner, out);
        };
    }

    /** As transformers marks it: where what has been written outside macros ends. */
    private Statement generation() {
        Statement body = outsideLoops(() -> closed("endgeneration"));
        return (scope, out) -> {
            String text = Statement.text(body, scope.inner());
            scope.rendering().mark(text);
            scope.rendering().spend(text.length());
            out.append(text);
            return Next.STATEMENT;
        };
    }
}
