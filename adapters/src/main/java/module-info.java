/** Puts failover beneath SDKs, each of which the application brings along. */
module dev.headgate.adapters {
    requires transitive dev.headgate.client;
    requires java.net.http;
    requires static transitive org.jspecify;
    requires static com.azure.core;
    requires static langchain4j.core;
    requires static langchain4j.http.client;
    requires static okhttp3;
    requires static okio;
    requires static openai.java.core;
    requires static org.slf4j;

    exports dev.headgate.client.azure;
    exports dev.headgate.client.jdk;
    exports dev.headgate.client.langchain4j;
    exports dev.headgate.client.okhttp;
    exports dev.headgate.client.openai;
    exports dev.headgate.client.slf4j;
}
