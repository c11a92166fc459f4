/**
 * The language of chat templates: Jinja 3.1 as transformers sets it up, with Python's values, texts and numbers.
 *
 * <p>Why not a library: the one that is kept for Java, Jinjava 2.8.4, is another language in what chat templates use. Of 38
 * snippets of them 15 gave what Jinja gives: {@code messages[::-1]} and chained comparisons are syntax errors, {@code set}
 * within a loop changes the outer name, {@code previtem} is not there, True is written true and None as nothing, JSON and
 * white space are not Python's, and texts lack {@code startswith} and {@code lstrip}; its grammar and its scopes are no
 * extension points. It brings 10 MB, a Jackson that is newer than Spark's, which comes first, and calls methods of Java objects
 * by reflection, which a hostile template turns into holes. Engines of other languages (a Python or JavaScript in the JVM) weigh
 * 40 MB and more.
 *
 * <p>{@link org.loradash.data.jinja.Template} is what others see. A {@code Lexer} makes tokens, a {@code StatementParser} and an
 * {@code ExpressionParser} make of them functions that run in a {@code Scope}. {@code Values} lists all that a value may be: a
 * template holds no object of the program and reaches no file and no class. A {@code Rendering} counts steps, characters, time
 * and depth, and ends what takes too much. What chat templates have no use for is left out and refused by name: other templates
 * (include, import, extends, block), escaping that texts remember, the filters filesizeformat, pprint, random, striptags,
 * urlencode, urlize, wordwrap and xmlattr, cycler and lipsum.
 *
 * <p>May call: the JDK alone.
 */
package org.loradash.data.jinja;
