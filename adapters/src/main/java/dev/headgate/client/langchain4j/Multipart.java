package dev.headgate.client.langchain4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.langchain4j.http.client.FormDataFile;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.UUID;

/** A form as RFC 7578 has it, fields first. */
final class Multipart {
    private final String contentType;
    private final byte[] content;

    private Multipart(String contentType, byte[] content) {
        this.contentType = contentType;
        this.content = content;
    }

    static Multipart of(Map<String, String> fields, Map<String, FormDataFile> files) {
        String boundary = "headgate-" + UUID.randomUUID();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        fields.forEach((name, value) -> part(all, boundary, named(name), "", value.getBytes(UTF_8)));
        files.forEach((name, file) -> part(
                all,
                boundary,
                named(name) + "; filename=\"" + quoted(file.fileName()) + '"',
                "Content-Type: " + file.contentType() + "\r\n",
                file.content()));
        all.writeBytes(("--" + boundary + "--\r\n").getBytes(UTF_8));
        return new Multipart("multipart/form-data; boundary=" + boundary, all.toByteArray());
    }

    /** Returns its type with the boundary. */
    String contentType() {
        return contentType;
    }

    byte[] content() {
        return content;
    }

    private static void part(
            ByteArrayOutputStream all, String boundary, String disposition, String field, byte[] value) {
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; " + disposition + "\r\n" + field + "\r\n";
        all.writeBytes(head.getBytes(UTF_8));
        all.writeBytes(value);
        all.writeBytes("\r\n".getBytes(UTF_8));
    }

    private static String named(String name) {
        return "name=\"" + quoted(name) + '"';
    }

    /** Encodes what would end a quoted value or a line, as browsers do. */
    private static String quoted(String text) {
        return text.replace("\r", "%0D").replace("\n", "%0A").replace("\"", "%22");
    }
}
