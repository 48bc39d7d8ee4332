package dev.headgate.app;

import dev.headgate.app.config.AdminConfig;
import dev.headgate.app.config.ListenConfig;
import dev.headgate.app.config.ServeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a running server does not change, so that a reload can say so. */
final class NextStart {
    private NextStart() {}

    /** Returns the keys of {@code next} that differ from those of the start and take effect at another start only. */
    static List<String> keys(ServeConfig first, ServeConfig next) {
        List<String> later = new ArrayList<>();
        if (isElsewhere(first.listen(), next.listen())) {
            later.add("listen");
        }
        if (isElsewhere(first.admin(), next.admin())) {
            later.add("admin");
        }
        if (!Objects.equals(next.dispatchPool(), first.dispatchPool())) {
            later.add("pools with dispatch: true");
        } else if ((next.workerRouter() == null) != (first.workerRouter() == null)) {
            later.add("router of pools with dispatch: true");
        }
        if (!next.dispatch().equals(first.dispatch())) {
            later.add("dispatch");
        }
        if (!Objects.equals(next.shared(), first.shared())) {
            later.add("shared");
        }
        if (next.accessLog() != first.accessLog()) {
            later.add("accessLog");
        }
        return later;
    }

    /** Returns whether an address that may be open to others only with a token would be left without one. */
    static boolean losesToken(AdminConfig was, AdminConfig is) {
        return was.tokenFile() != null && is.tokenFile() == null;
    }

    private static boolean isElsewhere(ListenConfig was, ListenConfig is) {
        return was.port() != is.port() || !was.host().equals(is.host()) || (was.tls() == null) != (is.tls() == null);
    }

    private static boolean isElsewhere(@Nullable AdminConfig was, @Nullable AdminConfig is) {
        if (was == null || is == null) {
            return (was == null) != (is == null);
        }
        return was.port() != is.port() || !was.host().equals(is.host()) || losesToken(was, is);
    }
}
