package dev.headgate.app.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a value of the configuration may be: how it is read, what a problem says was expected, and how JSON Schema puts
 * it. Immutable.
 *
 * @param <T> what it is read as
 */
final class Kind<T> {
    /** Narrower than what Java reads: ASCII, no sign but minus, no leading zeros, which YAML 1.1 takes for octal. */
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,17})");

    /** No hexadecimal, no NaN, no suffix, and never infinite. */
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,15}(\\.[0-9]{1,15})?");

    /** What stands for a credential wherever somebody might read it. */
    static final String HIDDEN = "***";

    /** Reads the text of a scalar; quotes tell a word from a number or a flag. */
    private interface Parser<T> {
        Optional<T> parse(String text, boolean isQuoted);
    }

    /** Puts a value into a problem. */
    private interface Display {
        String shown(String text, boolean isQuoted);
    }

    private static final Display AS_IT_IS = (text, isQuoted) -> text;

    private final String expected;
    private final Map<String, Object> schema;
    private final Parser<T> parser;
    private final Function<T, Object> writer;
    private final Display display;
    private final boolean expands;

    private Kind(
            String expected,
            Map<String, Object> schema,
            Parser<T> parser,
            Function<T, Object> writer,
            Display display,
            boolean expands) {
        this.expected = expected;
        this.schema = schema;
        this.parser = parser;
        this.writer = writer;
        this.display = display;
        this.expands = expands;
    }

    /** Words in which variables are replaced; {@code parser} takes what is not blank. */
    static <T> Kind<T> text(String expected, Function<String, Optional<T>> parser) {
        return textOrBlank(expected, text -> text.isBlank() ? Optional.empty() : parser.apply(text))
                .withSchema(Shape.of("type", "string", "minLength", 1));
    }

    /** The same for a parser that also takes what is blank. */
    static <T> Kind<T> textOrBlank(String expected, Function<String, Optional<T>> parser) {
        return new Kind<>(
                expected,
                Shape.of("type", "string"),
                (text, isQuoted) -> parser.apply(text),
                String::valueOf,
                AS_IT_IS,
                true);
    }

    /** Any words. */
    static Kind<String> text(String expected) {
        return text(expected, Optional::of);
    }

    static Kind<Boolean> flag() {
        return bare("true or false", Shape.of("type", "boolean"), text -> switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    /** A whole number; the largest of its type stands for no limit. */
    static Kind<Integer> integer(int least, int most) {
        boolean isOpen = most == Integer.MAX_VALUE;
        Map<String, Object> schema = Shape.of("type", "integer", "minimum", least, "maximum", most);
        return bare(
                isOpen ? "integer >= " + least : "integer " + least + ".." + most,
                schema,
                text -> WHOLE.matcher(text).matches()
                        ? Optional.of(Long.parseLong(text))
                                .filter(n -> n >= least && n <= most)
                                .map(Long::intValue)
                        : Optional.empty());
    }

    static Kind<Double> number(double least, double most) {
        boolean isOpen = most == Double.MAX_VALUE;
        Map<String, Object> schema = Shape.of("type", "number", "minimum", tidy(least));
        if (!isOpen) {
            schema.put("maximum", tidy(most));
        }
        return bare(
                isOpen ? "a number >= " + plain(least) : "a number from " + plain(least) + " to " + plain(most),
                schema,
                text -> decimal(text).filter(n -> n >= least && n <= most));
    }

    static Kind<Double> positiveNumber() {
        return bare(
                "a number > 0",
                Shape.of("type", "number", "exclusiveMinimum", 0),
                text -> decimal(text).filter(n -> n > 0));
    }

    static Kind<Double> percent() {
        return number(0, 100);
    }

    static Kind<Duration> duration(Duration least) {
        return new Kind<>(
                "a duration such as 200ms, 2s or 5m, at least " + Quantity.text(least),
                Shape.of("type", "string", "pattern", "^[0-9]{1,18} ?(ms|s|m|h|d)$"),
                (text, isQuoted) -> Quantity.duration(text).filter(d -> d.compareTo(least) >= 0),
                Quantity::text,
                AS_IT_IS,
                false);
    }

    static Kind<Long> bytes(long most) {
        return new Kind<>(
                "a size such as 64KB or 16MiB, from 1 to " + most + " bytes",
                Shape.of(
                        "anyOf",
                        List.of(
                                Shape.of("type", "integer", "minimum", 1, "maximum", most),
                                Shape.of("type", "string", "pattern", "^[0-9]{1,18} ?(B|KB|MB|GB|KiB|MiB|GiB)?$"))),
                (text, isQuoted) -> Quantity.bytes(text).filter(n -> n >= 1 && n <= most),
                bytes -> bytes,
                AS_IT_IS,
                false);
    }

    /** One of an enum's constants, written in lower case with hyphens. */
    static <E extends Enum<E>> Kind<E> choice(Class<E> type) {
        List<E> choices = Arrays.asList(type.getEnumConstants());
        Map<String, E> byWord = choices.stream()
                .collect(Collectors.toMap(Kind::word, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        return choice(byWord);
    }

    /** One of the words. */
    static <E> Kind<E> choice(Map<String, E> byWord) {
        List<String> words = List.copyOf(byWord.keySet());
        return new Kind<>(
                words.size() == 1 ? words.getFirst() : "one of " + String.join(", ", words),
                Shape.of("enum", words.stream().flatMap(Kind::asYamlReadsIt).toList()),
                (text, isQuoted) -> Optional.ofNullable(byWord.get(text)),
                value -> words.stream()
                        .filter(word -> value.equals(byWord.get(word)))
                        .findFirst()
                        .orElseThrow(),
                AS_IT_IS,
                false);
    }

    /** The same, or a word that stands for a value. */
    Kind<T> or(String word, T value) {
        return new Kind<>(
                expected + ", or " + word,
                // YAML 1.1 reads off as false, so tools that do hand that to the schema.
                Shape.of("anyOf", List.of(schema, word.equals("off") ? offSchema() : Shape.of("const", word))),
                (text, isQuoted) -> text.equals(word) ? Optional.of(value) : parser.parse(text, isQuoted),
                other -> other.equals(value) ? word : writer.apply(other),
                display,
                expands);
    }

    private Kind<T> withSchema(Map<String, Object> other) {
        return new Kind<>(expected, other, parser, writer, display, expands);
    }

    /** The same, shown in problems as {@code display} puts it. */
    Kind<T> shownAs(UnaryOperator<String> form) {
        return new Kind<>(expected, schema, parser, writer, (text, isQuoted) -> form.apply(text), expands);
    }

    static Map<String, Object> offSchema() {
        return Shape.of("enum", List.of("off", false));
    }

    String expected() {
        return expected;
    }

    Map<String, Object> schema() {
        return schema;
    }

    /** Returns the schema that also says what a missing value reads as. */
    Map<String, Object> schemaWithDefault(T value) {
        Map<String, Object> all = new LinkedHashMap<>(schema);
        all.put("default", writer.apply(value));
        return all;
    }

    String shown(String text, boolean isQuoted) {
        return display.shown(text, isQuoted);
    }

    /** Returns whether variables in it are replaced. */
    boolean expands() {
        return expands;
    }

    Optional<T> parse(String text, boolean isQuoted) {
        return parser.parse(text, isQuoted);
    }

    private static <T> Kind<T> bare(String expected, Map<String, Object> schema, Function<String, Optional<T>> parser) {
        return new Kind<>(
                expected,
                schema,
                (text, isQuoted) -> isQuoted ? Optional.empty() : parser.apply(text),
                Kind::tidy,
                (text, isQuoted) -> isQuoted ? '"' + text + '"' : text,
                false);
    }

    private static Stream<Object> asYamlReadsIt(String word) {
        return WHOLE.matcher(word).matches() ? Stream.of(word, Integer.parseInt(word)) : Stream.of(word);
    }

    private static Optional<Double> decimal(String text) {
        return DECIMAL.matcher(text).matches() ? Optional.of(Double.parseDouble(text)) : Optional.empty();
    }

    private static Object tidy(Object value) {
        return value instanceof Double number && number == number.longValue() ? (Object) number.longValue() : value;
    }

    private static String plain(double number) {
        return number == (long) number ? Long.toString((long) number) : Double.toString(number);
    }

    private static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
