package dev.headgate.app;

import java.io.PrintWriter;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that change the router of a pool of a running gateway. */
final class PoolAddress {
    @Mixin
    private AdminAddress admin = new AdminAddress();

    @Option(names = "--pool", paramLabel = "POOL", required = true, description = "The pool, which has a router.")
    private String pool = "";

    /** Prints what the gateway answers to {@code change}; refuses with what it says is wrong. */
    void change(Change change, PrintWriter out) throws InterruptedException {
        String path = "/admin/pools/"
                + URLEncoder.encode(pool, StandardCharsets.UTF_8).replace("+", "%20") + "/router";
        try (AdminClient client = admin.client()) {
            HttpResponse<String> answer = change.send(client, path);
            if (answer.statusCode() != 200) {
                throw CommandException.failed(answer.statusCode() + ": " + AdminClient.sentence(answer));
            }
            out.println(answer.body());
            out.flush();
        }
    }

    /** A request for a change. */
    @FunctionalInterface
    interface Change {
        HttpResponse<String> send(AdminClient client, String path) throws InterruptedException;
    }
}
