package dev.headgate.core.route;

import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterPart;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.route.InstalledRouter.Notice;
import dev.headgate.core.route.RouterPlan.RouterThread;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells routers what happens: at once, or on their own thread, in order. What they throw is counted and stops nothing. */
final class Notices {
    /** What may stand in line for a router that hangs; more would only take memory. */
    private static final int MOST_WAITING = 10_000;

    private final PoolContext context;

    Notices(PoolContext context) {
        this.context = context;
    }

    /** Tells the router that chose of its attempt. */
    void tell(Notice notice, PoolLease lease, Outcome outcome) {
        InstalledRouter chooser = lease.chooser;
        if (chooser.isClosed) {
            return;
        }
        if (chooser.thread == null) {
            count(chooser, chooser.tell(notice, lease, outcome));
        } else {
            onThread(chooser, chooser.thread, () -> chooser.tell(notice, lease, outcome));
        }
    }

    /** Tells the router in force, and its parts if that concerns them. */
    void tell(Consumer<RequestRouter> notice, Consumer<RouterPart> toParts) {
        InstalledRouter current = context.current;
        if (current.thread == null) {
            current.tellParts(toParts);
            count(current, current.tell(notice));
        } else {
            onThread(current, current.thread, () -> {
                current.tellParts(toParts);
                return current.tell(notice);
            });
        }
    }

    /** Closes a router that is told nothing any more. */
    void close(InstalledRouter installed) {
        if (installed.isClosed) {
            return;
        }
        installed.isClosed = true;
        if (installed.thread == null) {
            count(installed, installed.tell(RequestRouter::close));
        } else {
            onThread(installed, installed.thread, () -> installed.tell(RequestRouter::close));
        }
    }

    /** Closes a router that is replaced, if all that it chose for has ended. */
    void closeIfDrained(InstalledRouter installed) {
        if (installed.isRetired && installed.leases == 0) {
            close(installed);
        }
    }

    private void onThread(InstalledRouter installed, RouterThread thread, Supplier<@Nullable RouterFault> notice) {
        if (installed.noticesWaiting >= MOST_WAITING) {
            context.failed(installed, RouterFault.TIMEOUT);
            return;
        }
        installed.noticesWaiting++;
        thread.calls().accept(() -> {
            RouterFault fault = notice.get();
            thread.owner().accept(() -> {
                installed.noticesWaiting--;
                count(installed, fault);
            });
        });
    }

    private void count(InstalledRouter installed, @Nullable RouterFault fault) {
        if (fault != null) {
            context.failed(installed, fault);
        }
    }
}
