package org.loradash.data.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates come with models that anybody may publish: none reaches a file or a class, and each ends. */
class HostileTemplateTest {
    private static final Map<String, Object> GIVEN =
            Map.of("messages", List.of(Map.of("role", "user", "content", "hi")), "number", BigInteger.TEN);

    private static String render(String template) {
        return Template.parse(template).render(GIVEN, LocalDateTime.MIN).text();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for i in range(99999) %}{% for j in range(99999) %}{{ j }}{% endfor %}{% endfor %}",
                "{{ 'a' * 10**9 }}",
                "{{ [1] * 10**9 }}",
                "{% set n = namespace(x='a') %}{% for i in range(100) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
                "{% set n = namespace(x=[1]) %}{% for i in range(100) %}{% set n.x = n.x + n.x %}{% endfor %}",
                "{% set n = namespace(x=[1]) %}{% for i in range(64) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
                "{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(55) }}",
                "{{ ('a' * 1000000) | replace('a', 'b' * 1000000) }}",
                "{{ 'a'.center(10**9) }}",
                "{{ '1'.zfill(10**9) }}",
                "{{ 'a\nb' | indent(10**9) }}",
                "{{ [1, [2]] | tojson(indent=10**9) }}",
                "{{ range(99999) | join('a' * 100000) }}",
                "{{ [1] | batch(10**9, 'x') | list }}",
                "{{ [1] | slice(10**9) | list }}",
                "{% for i in range(99999) %}{% set x = ('a ' * 100000).split() %}{% endfor %}",
                "{% set a = 'a' * 20000000 %}{% for i in range(99999) %}{% if a == a ~ '' %}{% endif %}{% endfor %}",
            })
    void endsWhatTakesTooMuch(String template) {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> assertThatThrownBy(() -> render(template))
                .isInstanceOf(TemplateMistake.class)
                .hasMessageMatching("takes more than (160000000 characters, or 10000000 steps|30 seconds)"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}"
            })
    void endsCallsWithoutEnd(String template) {
        assertThatThrownBy(() -> render(template)).hasMessage("calls macros more than 60 deep");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% set n = namespace(x=[1]) %}{% for i in range(99999) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x }}",
                "{% set n = namespace(x=[1]) %}{% for i in range(99999) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x | tojson }}",
                "{% set n = namespace() %}{% set n.me = n %}{{ n }}"
            })
    void endsValuesWithoutBottom(String template) {
        assertThatThrownBy(() -> render(template)).hasMessage("goes too deep");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "not ", "-", "{% if 1 %}", "1 if 1 else "})
    void refusesToReadTooMuchWithinEachOther(String opening) {
        String closing = opening.equals("(") ? ")" : opening.equals("[") ? "]" : "";
        String inside = opening.repeat(5000);
        String template = opening.startsWith("{%") ? inside : "{{ " + inside + "1" + closing.repeat(5000) + " }}";
        assertThatThrownBy(() -> Template.parse(template)).hasMessage("line 1: more than 100 levels within each other");
    }

    @ParameterizedTest
    @ValueSource(strings = {".x", "[0]", "()", "|upper"})
    void refusesChainsWithoutEnd(String link) {
        assertThatThrownBy(() -> Template.parse("{{ x" + link.repeat(100_000) + " }}"))
                .hasMessage("line 1: more than 200 items, calls or filters one behind another");
    }

    @Test
    void addsAsManyTermsAsATemplateHas() {
        assertThat(render("{{ 1" + "+1".repeat(100_000) + " }}")).isEqualTo("100001");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.__class__.__mro__ }}",
                "{{ messages | map(attribute='__class__.__name__') | list }}",
                "{{ raise_exception.__globals__.x }}",
                "{{ messages.append(1) }}",
                "{{ messages[0].update({}) }}"
            })
    void keepsFromTemplatesWhatTheSandboxKeeps(String template) {
        assertThatThrownBy(() -> render(template))
                .hasMessageMatching("access to attribute '\\w+' of '\\w+' object is unsafe\\.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ messages.getClass().forName('java.lang.Runtime') }}",
                "{{ messages['class'].name }}",
                "{{ number.class.name }}",
                "{{ number.toString() }}",
                "{{ ''.getClass() }}",
                "{{ range.getClass() }}",
                "{{ ('' | attr('getClass'))() }}"
            })
    void showsTemplatesNothingOfJava(String template) {
        assertThatThrownBy(() -> render(template)).hasMessageMatching("'\\w+ object' has no attribute '\\w+'");
    }

    @Test
    void refusesKeysWhoseHashMayTakeForEver() {
        assertThatThrownBy(
                        () -> render("{% set n = namespace(x=(1,)) %}{% for i in range(64) %}{% set n.x = (n.x, n.x) %}"
                                + "{% endfor %}{{ {n.x: 1} }}"))
                .hasMessage("unhashable type: 'tuple'");
    }

    @Test
    void refusesNumbersWithoutEnd() {
        assertThatThrownBy(() -> render("{{ 10 ** 100000 }}")).hasMessage("a number of more than 4300 digits");
        assertThatThrownBy(() -> render(
                        "{% set n = namespace(x=3) %}{% for i in range(99) %}{% set n.x = n.x * n.x %}{% endfor %}"))
                .hasMessage("a number of more than 4300 digits");
        assertThatThrownBy(() -> render("{{ range(10**9) }}"))
                .hasMessage("Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).");
    }

    @Test
    void looksForLongTextsInTimeProportionalToTheirLength() {
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(60), () -> assertThat(render("{{ ('a' * 20000000 ~ 'b') in 'a' * 40000000 }}"))
                        .isEqualTo("False"));
    }

    @Test
    void refusesHalfACharacter() {
        assertThatThrownBy(() -> render("{{ '\\ud83d' }}")).hasMessage("makes half a surrogate pair");
    }
}
