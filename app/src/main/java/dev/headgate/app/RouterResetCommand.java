package dev.headgate.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Takes back the router that a pool of a running server was set. */
@Command(name = "reset", description = "Give a pool of a running server the router of its file again.")
final class RouterResetCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Mixin
    private PoolAddress pool = new PoolAddress();

    @Override
    public Integer call() throws InterruptedException {
        pool.change(AdminClient::delete, spec.commandLine().getOut());
        return 0;
    }
}
