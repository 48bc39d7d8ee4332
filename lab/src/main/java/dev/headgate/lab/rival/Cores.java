package dev.headgate.lab.rival;

import java.io.IOException;
import java.util.List;

/** Who runs where: the gateway alone on the last core, everything else on the others. */
public record Cores(int count) {
    /** Returns those of this machine. */
    public static Cores ofThisMachine() {
        return new Cores(Runtime.getRuntime().availableProcessors());
    }

    /** Returns what to put before a gateway's command; nothing where there is one core or no taskset. */
    public List<String> gatewayPrefix() throws InterruptedException {
        return canPin() ? List.of("taskset", "-c", Integer.toString(count - 1)) : List.of();
    }

    /** Keeps this process off the gateway's core. Returns how cores are shared, in words. */
    public String pinThisProcess() throws InterruptedException {
        if (!canPin()) {
            return "gateway, load and upstream share " + count + " cores: nothing is pinned";
        }
        String own = count == 2 ? "0" : "0-" + (count - 2);
        run("taskset", "-a", "-cp", own, Long.toString(ProcessHandle.current().pid()));
        return "gateway on core " + (count - 1) + ", load and upstream on " + own;
    }

    private boolean canPin() throws InterruptedException {
        return count > 1 && run("taskset", "-c", Integer.toString(count - 1), "true");
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }
}
