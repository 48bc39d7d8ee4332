package dev.headgate.app;

import dev.headgate.app.config.ListenConfig;
import dev.headgate.app.config.PlacementPolicy;
import dev.headgate.app.config.Quantity;
import dev.headgate.gateway.transport.Transport;
import dev.headgate.lab.dispatch.CostModel;
import dev.headgate.lab.dispatch.DispatchWorkload;
import dev.headgate.lab.dispatch.Presets;
import dev.headgate.lab.failover.Scenario;
import dev.headgate.lab.failover.Scenarios;
import dev.headgate.lab.rival.Rival;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Turn the words of the command line into values, or say in the words of the configuration file what was expected. */
final class Converters {
    private Converters() {}

    /** Makes every enum among the options read and answered in the same words. */
    static void register(CommandLine commandLine) {
        commandLine.registerConverter(Engine.class, choice(Engine.class));
        commandLine.registerConverter(RunEngine.class, choice(RunEngine.class));
        commandLine.registerConverter(PlacementPolicy.class, choice(PlacementPolicy.class));
        commandLine.registerConverter(Overlap.class, choice(Overlap.class));
    }

    /** A port; 0 stands for any free one. */
    static final class Port implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return read(text, Integer::parseInt, port -> port >= 0 && port <= 65_535, "a port from 0 to 65535");
        }
    }

    /** A whole number of at least 0. */
    static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return read(text, Integer::parseInt, number -> number >= 0, "a whole number >= 0");
        }
    }

    /** A whole number of at least 1. */
    static final class Positive implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return read(text, Integer::parseInt, number -> number >= 1, "a whole number >= 1");
        }
    }

    /** A number of at least 0, with seconds as its unit where it is a time. */
    static final class Amount implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return read(text, Double::parseDouble, number -> number >= 0 && number < 1e15, "a number >= 0");
        }
    }

    /** A number above 0. */
    static final class Factor implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return read(text, Double::parseDouble, number -> number > 0 && number < 1e15, "a number > 0");
        }
    }

    /** A time above zero. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return Quantity.duration(text)
                    .filter(time -> !time.isZero())
                    .orElseThrow(() -> refusal(text, "a time such as 10m"));
        }
    }

    /** A size such as 64KB or 2GiB. */
    static final class Bytes implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return Quantity.bytes(text)
                    .filter(bytes -> bytes > 0)
                    .orElseThrow(() -> refusal(text, "a size such as 64KB or 2GiB"));
        }
    }

    /** A folder that is there. */
    static final class Program implements ITypeConverter<Path> {
        @Override
        public Path convert(String text) {
            Path program = Path.of(text);
            if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
                throw refusal(text, "a program that can be run");
            }
            return program.toAbsolutePath();
        }
    }

    static final class Folder implements ITypeConverter<Path> {
        @Override
        public Path convert(String text) {
            Path folder = Path.of(text);
            if (!Files.isDirectory(folder)) {
                throw refusal(text, "a folder");
            }
            return folder;
        }
    }

    /** What runs or loads cost: {@code 0.5}, {@code 0.5,0.7} or {@code lognormal:0.5,0.8}. */
    static final class Cost implements ITypeConverter<CostModel> {
        @Override
        public CostModel convert(String text) {
            try {
                return CostModel.parse(text);
            } catch (IllegalArgumentException e) {
                throw refusal(text, "seconds, a comma list of seconds, or lognormal:MEAN,SIGMA");
            }
        }
    }

    /** A worker's death: {@code SECONDS:WORKER:DOWN_SECONDS}. */
    static final class Kill implements ITypeConverter<DispatchWorkload.Kill> {
        @Override
        public DispatchWorkload.Kill convert(String text) {
            try {
                return DispatchWorkload.Kill.parse(text);
            } catch (IllegalArgumentException e) {
                throw refusal(text, "SECONDS:WORKER:DOWN_SECONDS");
            }
        }
    }

    /** The name of a published workload. */
    static final class Preset implements ITypeConverter<DispatchWorkload> {
        @Override
        public DispatchWorkload convert(String text) {
            try {
                return Presets.named(text);
            } catch (IllegalArgumentException e) {
                throw refusal(
                        text, "one of " + String.join(", ", Presets.byName().keySet()));
            }
        }
    }

    /** The name of a failure scenario. */
    static final class ScenarioName implements ITypeConverter<Scenario> {
        @Override
        public Scenario convert(String text) {
            return Scenarios.named(text.strip()).orElseThrow(() -> refusal(text, "S01 to S16"));
        }
    }

    /** The name of a gateway to be measured beside. */
    static final class RivalName implements ITypeConverter<Rival> {
        @Override
        public Rival convert(String text) {
            return Rival.named(text.strip())
                    .orElseThrow(() -> refusal(
                            text,
                            "one of "
                                    + Arrays.stream(Rival.values())
                                            .map(Rival::toString)
                                            .collect(Collectors.joining(", "))));
        }
    }

    /** A way to do network I/O; {@code auto} is the usual one. */
    static final class TransportName implements ITypeConverter<Transport> {
        @Override
        public Transport convert(String text) {
            return text.equals("auto")
                    ? Transport.usual()
                    : Transport.named(text).orElseThrow(() -> refusal(text, "one of auto, epoll, io_uring, nio"));
        }
    }

    /** An http or https URL with a host. */
    static final class HttpUrl implements ITypeConverter<URI> {
        @Override
        public URI convert(String text) {
            try {
                URI url = new URI(text);
                if (url.getHost() != null && List.of("http", "https").contains(url.getScheme())) {
                    return url;
                }
            } catch (URISyntaxException e) {
                // refused in the same words as what is a URI of another kind
            }
            throw refusal(text, "a URL such as http://127.0.0.1:8080");
        }
    }

    /** {@code PORT} on this machine's own address, or {@code HOST:PORT}. */
    static final class Address implements ITypeConverter<ListenConfig> {
        @Override
        public ListenConfig convert(String text) {
            int colon = text.lastIndexOf(':');
            String host = colon < 0
                    ? ListenConfig.DEFAULT.host()
                    : text.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
            if (host.isBlank()) {
                throw refusal(text, "PORT or HOST:PORT");
            }
            return new ListenConfig(host, new Port().convert(text.substring(colon + 1)));
        }
    }

    /** Constants are written in lower case with dashes. */
    private static <E extends Enum<E>> ITypeConverter<E> choice(Class<E> type) {
        return text -> Arrays.stream(type.getEnumConstants())
                .filter(constant -> word(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> refusal(
                        text,
                        "one of "
                                + Arrays.stream(type.getEnumConstants())
                                        .map(Converters::word)
                                        .collect(Collectors.joining(", "))));
    }

    static TypeConversionException refusal(String text, String expected) {
        return new TypeConversionException(text + " (expected: " + expected + ")");
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <T> T read(String text, Function<String, T> parser, Predicate<T> fits, String expected) {
        Optional<T> value;
        try {
            value = Optional.of(parser.apply(text)).filter(fits);
        } catch (NumberFormatException e) {
            value = Optional.empty();
        }
        return value.orElseThrow(() -> refusal(text, expected));
    }
}
