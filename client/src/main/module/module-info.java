/** Failover inside a Java application. What the core decides is in the same jar, so that there is one to add. */
module dev.headgate.client {
    requires java.net.http;
    requires static transitive org.jspecify;

    exports dev.headgate.client;
    exports dev.headgate.core.failover;
    exports dev.headgate.core.guard;
    exports dev.headgate.core.pool;
    exports dev.headgate.core.request;
    exports dev.headgate.core.stream;
    exports dev.headgate.core.time;
}
