package org.loradash.data.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.loradash.data.jinja.Token.Kind;

/**
 * Cuts a template into tokens as Jinja does with {@code trim_blocks} and {@code lstrip_blocks}: a newline right behind a block or
 * comment is no text, nor are blanks between a line's start and one, nor is one newline at the template's end.
 */
final class Lexer {
    private static final Pattern NEWLINE = Pattern.compile("\r\n|\r|\n");
    private static final Pattern RAW = unicode("[-+]?\\s*+raw\\s*+(?:-%\\}\\s*+|%\\})");
    private static final Pattern END_OF_RAW = unicode("\\{%([-+]?)\\s*+endraw\\s*+(?:\\+%\\}|-%\\}\\s*+|%\\}\n?)");
    private static final Pattern END_OF_BLOCK = unicode("\\+%\\}|-%\\}\\s*+|%\\}\n?");
    private static final Pattern END_OF_VARIABLE = unicode("-\\}\\}\\s*+|\\}\\}");
    private static final Pattern BLANKS = unicode("\\s++");
    private static final Pattern NAME = unicode("\\w++");
    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final Matcher matcher;
    private int at;
    private int line = 1;
    private int counted;

    private Lexer(String source) {
        this.source = source;
        this.matcher = NAME.matcher(source);
    }

    private static Pattern unicode(String pattern) {
        return Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS);
    }

    /**
     * The tokens of a template; the last is the end.
     *
     * @throws TemplateMistake where a tag, a comment or a string has no end, or a character is none of the language's
     */
    static List<Token> tokens(String template) {
        String source = NEWLINE.matcher(template).replaceAll("\n");
        Lexer lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        lexer.root();
        lexer.add(Kind.END, "");
        return lexer.tokens;
    }

    private void root() {
        while (at < source.length()) {
            int begin = nextTag();
            boolean lineStarts = at == 0 || source.charAt(at - 1) == '\n';
            if (begin < 0) {
                data(source.substring(at));
                at = source.length();
                return;
            }
            char kind = source.charAt(begin + 1);
            char sign = begin + 2 < source.length() ? source.charAt(begin + 2) : ' ';
            data(before(source.substring(at, begin), sign, kind != '{', lineStarts));
            at = begin + 2;
            if (kind == '%' && matches(RAW)) {
                at = matcher.end();
                raw();
                continue;
            }
            at += sign == '-' || sign == '+' ? 1 : 0;
            switch (kind) {
                case '#' -> comment();
                case '%' -> tag(Kind.BLOCK_BEGIN, Kind.BLOCK_END, END_OF_BLOCK);
                default -> tag(Kind.VARIABLE_BEGIN, Kind.VARIABLE_END, END_OF_VARIABLE);
            }
        }
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** What is left of a text before a tag. */
    private static String before(String text, char sign, boolean strips, boolean lineStarts) {
        if (sign == '-') {
            return Text.strip(text, null, Text.Side.END);
        }
        int from = text.lastIndexOf('\n') + 1;
        boolean blank = text.substring(from).codePoints().allMatch(Text::isSpace);
        return strips && sign != '+' && blank && (from > 0 || lineStarts) ? text.substring(0, from) : text;
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            add(Kind.DATA, text);
        }
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw mistake("Missing end of comment tag");
        }
        char sign = end > at ? source.charAt(end - 1) : ' ';
        at = end + 2;
        if (sign == '-') {
            at = matches(BLANKS) ? matcher.end() : at;
        } else if (sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
    }

    private void raw() {
        matcher.usePattern(END_OF_RAW);
        if (!matcher.find(at)) {
            throw mistake("Missing end of raw directive");
        }
        String text = source.substring(at, matcher.start());
        char sign = matcher.group(1).isEmpty() ? ' ' : matcher.group(1).charAt(0);
        int end = matcher.end();
        data(before(text, sign, true, source.charAt(at - 1) == '\n'));
        at = end;
    }

    private void tag(Kind begin, Kind end, Pattern ending) {
        add(begin, "");
        Deque<String> open = new ArrayDeque<>();
        while (true) {
            if (open.isEmpty() && matches(ending)) {
                add(end, "");
                at = matcher.end();
                return;
            }
            if (at == source.length()) {
                throw mistake("a tag that is not closed");
            }
            char next = source.charAt(at);
            if (matches(BLANKS)) {
                at = matcher.end();
            } else if (next >= '0' && next <= '9') {
                at = Literals.number(
                        source, at, value -> tokens.add(new Token(Kind.NUMBER, "a number", value, line())));
            } else if (matches(NAME)) {
                word(Kind.NAME);
            } else if (next == '\'' || next == '"') {
                at = Literals.string(source, at, text -> add(Kind.STRING, text), this::mistake);
            } else if (matches(OPERATOR)) {
                balance(matcher.group(), open);
                word(Kind.OPERATOR);
            } else {
                throw mistake("unexpected char '" + Character.toString(source.codePointAt(at)) + "'");
            }
        }
    }

    private void word(Kind kind) {
        add(kind, matcher.group());
        at = matcher.end();
    }

    private void balance(String operator, Deque<String> open) {
        switch (operator) {
            case "(" -> open.push(")");
            case "[" -> open.push("]");
            case "{" -> open.push("}");
            case ")", "]", "}" -> {
                if (open.isEmpty() || !open.pop().equals(operator)) {
                    throw mistake("unexpected '" + operator + "'");
                }
            }
            default -> {}
        }
    }

    /** Whether the pattern matches here; the matcher has the match. */
    private boolean matches(Pattern pattern) {
        return matcher.usePattern(pattern).region(at, source.length()).lookingAt();
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line()));
    }

    private int line() {
        for (; counted < at; counted++) {
            line += source.charAt(counted) == '\n' ? 1 : 0;
        }
        return line;
    }

    private TemplateMistake mistake(String message) {
        return TemplateMistake.at(line(), message);
    }
}
