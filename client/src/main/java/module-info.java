/** Failover inside a Java application. */
module dev.headgate.client {
    requires transitive dev.headgate.core;
    requires java.net.http;
    requires static transitive org.jspecify;

    exports dev.headgate.client;
}
