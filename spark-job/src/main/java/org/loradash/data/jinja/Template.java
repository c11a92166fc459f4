package org.loradash.data.jinja;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A template in Jinja's language, as transformers renders chats by it: with {@code trim_blocks}, {@code lstrip_blocks} and {@code
 * loopcontrols}, without escaping, in a sandbox. Any number of threads may use one.
 */
public final class Template {
    /** The most characters of a template. */
    public static final int LONGEST = 1 << 20;

    private final Statement statement;
    private final boolean marks;

    private Template(Statement statement, boolean marks) {
        this.statement = statement;
        this.marks = marks;
    }

    /**
     * A part of a text.
     *
     * @param from of its first character, counted in code points
     * @param to behind its last one
     */
    public record Span(int from, int to) {}

    /**
     * What a template made.
     *
     * @param generated the parts between {@code generation} marks
     */
    public record Rendered(String text, List<Span> generated) {}

    /**
     * Reads a template.
     *
     * @throws TemplateMistake where it is none, with its line
     */
    public static Template parse(String source) {
        if (source.length() > LONGEST) {
            throw new TemplateMistake("has " + source.length() + " characters, and must have at most " + LONGEST);
        }
        try {
            List<Token> tokens = Lexer.tokens(source);
            Statement statement = new StatementParser(new TokenStream(tokens)).template();
            return new Template(statement, marks(tokens));
        } catch (StackOverflowError tooDeep) {
            throw new TemplateMistake("has too much within each other");
        }
    }

    private static boolean marks(List<Token> tokens) {
        for (int i = 1; i < tokens.size(); i++) {
            if (tokens.get(i).isName("generation") && tokens.get(i - 1).kind() == Token.Kind.BLOCK_BEGIN) {
                return true;
            }
        }
        return false;
    }

    /** Whether it marks what a model is to generate. */
    public boolean marksGeneration() {
        return marks;
    }

    /**
     * Renders the template.
     *
     * @param variables made of null, Boolean, java.math.BigInteger, Double, String, List and Map alone, which are not changed
     * @param now what {@code strftime_now} tells
     * @throws TemplateMistake what {@code raise_exception} says, or what is wrong, or that it takes too much
     */
    public Rendered render(Map<String, Object> variables, LocalDateTime now) {
        Rendering rendering = new Rendering(now);
        Map<String, Object> names = new HashMap<>(Globals.ALL);
        names.putAll(variables);
        try {
            statement.run(Scope.outermost(rendering, names).inner(), rendering.text());
        } catch (StackOverflowError tooDeep) {
            throw new TemplateMistake("goes too deep");
        }
        String text = rendering.text().toString();
        if (text.codePoints().anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
            throw new TemplateMistake("makes half a surrogate pair");
        }
        return new Rendered(text, List.copyOf(rendering.spans()));
    }
}
