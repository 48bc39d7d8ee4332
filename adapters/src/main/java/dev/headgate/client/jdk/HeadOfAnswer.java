package dev.headgate.client.jdk;

import dev.headgate.client.ClientResponse;
import dev.headgate.client.Fields;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The head of an answer as the JDK shows it. Transports do not tell their version of HTTP; it reads as 1.1.
 *
 * @param statusCode of HTTP
 * @param headers with what the client adds
 * @param version always 1.1
 */
record HeadOfAnswer(int statusCode, HttpHeaders headers, Version version) implements HttpResponse.ResponseInfo {
    static HeadOfAnswer of(ClientResponse response) {
        Fields fields = response.fields();
        Map<String, List<String>> lines = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < fields.size(); i++) {
            lines.computeIfAbsent(fields.name(i), first -> new ArrayList<>(1)).add(fields.value(i));
        }
        return new HeadOfAnswer(response.status(), HttpHeaders.of(lines, (name, value) -> true), Version.HTTP_1_1);
    }
}
