/** Failover inside a Java application. What the core decides is in the same jar, so that there is one to add. */
module dev.headgate.client {
    requires java.net.http;
    requires static transitive org.jspecify;
    requires static com.azure.core;
    requires static langchain4j.core;
    requires static langchain4j.http.client;
    requires static okhttp3;
    requires static okio;
    requires static openai.java.core;
    requires static org.slf4j;

    exports dev.headgate.client;
    exports dev.headgate.client.azure;
    exports dev.headgate.client.jdk;
    exports dev.headgate.client.langchain4j;
    exports dev.headgate.client.okhttp;
    exports dev.headgate.client.openai;
    exports dev.headgate.client.slf4j;
    exports dev.headgate.core.failover;
    exports dev.headgate.core.guard;
    exports dev.headgate.core.pool;
    exports dev.headgate.core.request;
    exports dev.headgate.core.stream;
    exports dev.headgate.core.time;
}
