package dev.headgate.app;

import dev.headgate.lab.calibration.Calibration;
import dev.headgate.lab.calibration.CalibrationReport;
import dev.headgate.lab.calibration.MeasuredRun;
import dev.headgate.lab.trace.BadTraceException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fits the simulator's engine to a measured one. */
@Command(
        name = "calibrate",
        description = "Fit the engine's constants to the first half of a measured run and predict the second.")
final class CalibrateCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Option(
            names = "--measured",
            paramLabel = "FILE",
            required = true,
            description = "Requests with input_toks, output_toks, queued_ts, first_token_ts and last_token_ts.")
    @SuppressWarnings("NullAway.Init") // likewise
    private Path measured;

    @Override
    public Integer call() {
        MeasuredRun run;
        try {
            run = MeasuredRun.read(measured);
        } catch (BadTraceException e) {
            throw CommandException.wrongUse("--measured: " + e.getMessage());
        }
        CalibrationReport report =
                new Calibration(run, line -> spec.commandLine().getErr().println(line)).fit();
        spec.commandLine().getOut().print(report.text());
        spec.commandLine().getOut().flush();
        return report.isClose() ? 0 : 1;
    }
}
