package dev.headgate.core.pick;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The parameters that a policy takes: how each is called, what it is if it is not given, what it may be. Immutable. */
public final class PolicyParameters {
    private static final PolicyParameters NONE = new PolicyParameters(Map.of());

    private final Map<String, Parameter> known;

    private PolicyParameters(Map<String, Parameter> known) {
        this.known = Collections.unmodifiableMap(known);
    }

    /** Returns no parameters. */
    public static PolicyParameters none() {
        return NONE;
    }

    /** Returns these and a number from {@code least} to {@code most}, which is {@code other} if not given. */
    public PolicyParameters number(String name, double other, double least, double most) {
        return with(new Parameter(name, plain(other), plain(least) + " to " + plain(most), (given, parameter) -> {
            double value = given.number(name, other);
            return value >= least && value <= most ? value : parameter.refused(value);
        }));
    }

    /** Returns these and a whole number from {@code least} to {@code most}, which is {@code other} if not given. */
    public PolicyParameters count(String name, int other, int least, int most) {
        return with(new Parameter(
                name, plain(other), "a whole number from " + least + " to " + most, (given, parameter) -> {
                    double value = given.number(name, other);
                    return value >= least && value <= most && value == Math.rint(value)
                            ? value
                            : parameter.refused(value);
                }));
    }

    /** Returns these and a flag, which is {@code other} if not given. */
    public PolicyParameters flag(String name, boolean other) {
        return with(new Parameter(
                name, String.valueOf(other), "true or false", (given, parameter) -> given.flag(name, other)));
    }

    /** Returns these and one of {@code choices}, the first if not given. */
    public PolicyParameters choice(String name, String... choices) {
        List<String> texts = List.copyOf(Arrays.asList(choices));
        return with(new Parameter(name, texts.get(0), String.join(" or ", texts), (given, parameter) -> {
            String value = given.text(name, texts.get(0));
            return texts.contains(value) ? value : parameter.refused(value);
        }));
    }

    /** Returns these and a list, which is {@code other} if not given, in the notation {@code name:weight+name}. */
    public PolicyParameters list(String name, String other) {
        return with(new Parameter(
                name,
                other.isEmpty() ? "none" : other,
                "a list",
                (given, parameter) -> given.keys().contains(name)
                        ? given.objects(name)
                        : other.isEmpty()
                                ? List.of()
                                : RouterSetup.Parameters.of(Map.of(name, other)).objects(name)));
    }

    /** Returns the parameters by name, in the order in which they were added. */
    public Map<String, Parameter> known() {
        return known;
    }

    /**
     * Reads {@code given}.
     *
     * @throws IllegalArgumentException naming the first that is unknown or not what it may be
     */
    public Values read(RouterSetup.Parameters given) {
        return read(given, Set.of());
    }

    /** Does the same where {@code others} are read by somebody else. */
    Values read(RouterSetup.Parameters given, Set<String> others) {
        for (String key : new TreeSet<>(given.keys())) {
            if (!known.containsKey(key) && !others.contains(key)) {
                throw new IllegalArgumentException(key + ": unknown parameter (expected: "
                        + (known.isEmpty() ? "none" : String.join(", ", known.keySet())) + ")");
            }
        }
        Map<String, Object> values = new LinkedHashMap<>();
        known.forEach((name, parameter) -> values.put(name, parameter.reader.read(given, parameter)));
        return new Values(values);
    }

    private PolicyParameters with(Parameter parameter) {
        Map<String, Parameter> more = new LinkedHashMap<>(known);
        more.put(parameter.name, parameter);
        return new PolicyParameters(more);
    }

    private static String plain(double value) {
        return value == Double.POSITIVE_INFINITY
                ? "infinity"
                : value == Math.rint(value) && Math.abs(value) < 1e15
                        ? String.valueOf((long) value)
                        : String.valueOf(value);
    }

    /** One parameter, to be listed. */
    public static final class Parameter {
        private final String name;
        private final String byDefault;
        private final String expected;
        private final Reader reader;

        private Parameter(String name, String byDefault, String expected, Reader reader) {
            this.name = name;
            this.byDefault = byDefault;
            this.expected = expected;
            this.reader = reader;
        }

        /** Returns what it is called. */
        public String name() {
            return name;
        }

        /** Returns what it is if it is not given. */
        public String byDefault() {
            return byDefault;
        }

        /** Returns what it may be, in words. */
        public String expected() {
            return expected;
        }

        private Object refused(Object value) {
            throw new IllegalArgumentException(name + ": " + (value instanceof Double number ? plain(number) : value)
                    + " (expected: " + expected + ")");
        }

        @Override
        public String toString() {
            return name + " = " + byDefault + " (" + expected + ")";
        }
    }

    /** The values of all parameters of a policy. */
    public static final class Values {
        private final Map<String, Object> values;

        private Values(Map<String, Object> values) {
            this.values = values;
        }

        /** Returns the number called {@code name}. */
        public double number(String name) {
            return (Double) value(name);
        }

        /** Returns the whole number called {@code name}. */
        public int count(String name) {
            return ((Double) value(name)).intValue();
        }

        /** Returns the flag called {@code name}. */
        public boolean flag(String name) {
            return (Boolean) value(name);
        }

        /** Returns the text called {@code name}. */
        public String text(String name) {
            return (String) value(name);
        }

        /** Returns the objects of the list called {@code name}. */
        public List<RouterSetup.Parameters> objects(String name) {
            List<RouterSetup.Parameters> objects = new ArrayList<>();
            for (Object element : (List<?>) value(name)) {
                objects.add((RouterSetup.Parameters) element);
            }
            return objects;
        }

        private Object value(String name) {
            Object value = values.get(name);
            if (value == null) {
                throw new IllegalStateException("parameter: " + name + " (expected: one of " + values.keySet() + ")");
            }
            return value;
        }
    }

    private interface Reader {
        Object read(RouterSetup.Parameters given, Parameter parameter);
    }
}
