package dev.headgate.app;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the program's version and the Java it runs on, which the launcher chose. */
@Command(name = "version", description = "Print the version and the JDK in use.")
final class VersionCommand implements Callable<Integer>, IVersionProvider {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        spec.commandLine().getOut().println(getVersion()[0]);
        return 0;
    }

    @Override
    public String[] getVersion() throws IOException {
        return new String[] {
            "headgate " + version() + " (Java " + Runtime.version() + ", " + System.getProperty("java.home") + ")"
        };
    }

    /** Returns the version that the build wrote down. */
    static String version() throws IOException {
        Properties build = new Properties();
        try (InputStream in = VersionCommand.class.getResourceAsStream("build.properties")) {
            build.load(Objects.requireNonNull(in, "build.properties"));
        }
        return build.getProperty("version", "unknown");
    }
}
