package dev.headgate.gateway;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterSettings;
import dev.headgate.core.signal.SignalSettings;
import dev.headgate.gateway.admin.AdminOptions;
import dev.headgate.gateway.admin.Reload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** A gateway whose pool {@code main} has a policy, and what its operator asks it. */
final class AdminGateway implements AutoCloseable {
    private static final String CHAT = "/v1/chat/completions";

    private final TestGateway gateway;

    private AdminGateway(TestGateway gateway) {
        this.gateway = gateway;
    }

    static AdminGateway start(RelayPlan plan) {
        AdminOptions admin = new AdminOptions(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, () -> new Reload.Outcome.Reloaded(1));
        return new AdminGateway(
                TestGateway.start(options -> options.withRelay(plan.options()).withAdmin(admin)));
    }

    /** Returns the settings of a pool with a built-in policy. */
    static FailoverSettings routed(String policy, PoolSettings loop, SignalSettings signals) {
        return FailoverSettings.DEFAULTS
                .with()
                .router(new RouterSettings(policy, Map.of(), Composition.DEFAULT, "", "random", loop).asking(signals))
                .build();
    }

    TestGateway gateway() {
        return gateway;
    }

    HttpResponse<String> chat(String message) {
        return gateway.post(CHAT, body(message));
    }

    static String body(String message) {
        return "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + message + "\"}]}";
    }

    HttpResponse<String> post(String path, String body) {
        return gateway.send(HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Returns the sum of the lines of {@code /metrics} that begin with {@code start}. */
    long counted(String start) {
        HttpResponse<String> answer = gateway.send(HttpRequest.newBuilder(uri("/metrics")));
        return answer.body()
                .lines()
                .filter(line -> line.startsWith(start))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Returns how often a backend was asked {@code what} with {@code result}. */
    long asked(String backend, String what, String result) {
        return counted("headgate_backend_inquiries_total{pool=\"main\",backend=\"" + backend + "\",what=\"" + what
                + "\",result=\"" + result + "\"}");
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + gateway.server().adminAddress().getPort() + path);
    }

    @Override
    public void close() {
        gateway.close();
    }
}
