package dev.headgate.core.request;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What an error object says, in a body or in an event of a stream. Fields that are missing are empty.
 *
 * @param code {@code error.code}, also when it is a number; for Azure's content filter that of {@code innererror}
 * @param type {@code error.type}
 * @param message {@code error.message}, the first 4 KiB of it; never logged
 * @param status {@code status} or a numeric {@code code} within 400–599; 0 if there is none
 */
public record UpstreamError(String code, String type, String message, int status) {
    /** Says nothing. */
    public static final UpstreamError NONE = new UpstreamError("", "", "", 0);

    private static final int MAX_MESSAGE_BYTES = 4096;
    private static final int MAX_NAME_BYTES = 256;
    private static final byte[] ERROR = ascii("error");
    private static final byte[] RESPONSE = ascii("response");
    private static final byte[] CODE = ascii("code");
    private static final byte[] TYPE = ascii("type");
    private static final byte[] MESSAGE = ascii("message");
    private static final byte[] STATUS = ascii("status");
    private static final byte[] STATUS_CODE = ascii("statusCode");
    private static final byte[] INNER = ascii("innererror");
    private static final String CONTENT_FILTER = "ResponsibleAIPolicyViolation";

    /**
     * Reads the error object in [from, to): under the key {@code error}, also within {@code response}, or the fields
     * themselves, as gateways and the Responses API write them; the first of a list. What was read before the text ends, or stops being JSON, counts.
     */
    public static UpstreamError read(ByteBuffer in, int from, int to) {
        JsonCursor json = new JsonCursor();
        json.reset(in, from, to);
        if (json.enterArray() && !json.nextElement()) {
            return NONE;
        }
        Fields fields = new Fields();
        fields.readObject(json, in);
        return new UpstreamError(fields.code, fields.type, fields.message, fields.status);
    }

    /** Names code, type and status only: messages may quote prompts. */
    @Override
    public String toString() {
        return "UpstreamError[code=" + code + ", type=" + type + ", status=" + status + "]";
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The fields while they are read. */
    private static final class Fields {
        private String code = "";
        private String type = "";
        private String message = "";
        private int status;

        void readObject(JsonCursor json, ByteBuffer in) {
            if (!json.enterObject()) {
                return;
            }
            while (json.nextKey()) {
                if (json.stringIs(ERROR) || json.stringIs(RESPONSE)) {
                    readError(json, in);
                } else if (json.stringIs(INNER)) {
                    readInner(json, in);
                } else {
                    readField(json, in);
                }
            }
        }

        private void readError(JsonCursor json, ByteBuffer in) {
            if (json.enterString()) {
                message = text(json, in, MAX_MESSAGE_BYTES);
            } else if (json.peek() == '{') {
                type = ""; // the event's own, as in {"type":"error","error":{…}}
                readObject(json, in);
            } else {
                json.skip();
            }
        }

        private void readField(JsonCursor json, ByteBuffer in) {
            if (json.stringIs(CODE)) {
                String value = name(json, in);
                code = value.isEmpty() ? code : value;
            } else if (json.stringIs(TYPE)) {
                String value = name(json, in);
                type = type.isEmpty() ? value : type;
            } else if (json.stringIs(MESSAGE)) {
                message = json.enterString() ? text(json, in, MAX_MESSAGE_BYTES) : skipped(json);
            } else if (json.stringIs(STATUS) || json.stringIs(STATUS_CODE)) {
                takeStatus(json.countOrSkip(0));
            } else {
                json.skip();
            }
        }

        /** Reads a name or a number; numbers that are statuses are taken as such. */
        private String name(JsonCursor json, ByteBuffer in) {
            if (json.enterString()) {
                String value = text(json, in, MAX_NAME_BYTES);
                takeStatus(HeaderNumbers.count(value));
                return value;
            }
            long number = json.countOrSkip(-1);
            takeStatus(number);
            return number < 0 ? "" : Long.toString(number);
        }

        private void readInner(JsonCursor json, ByteBuffer in) {
            if (!json.enterObject()) {
                json.skip();
                return;
            }
            while (json.nextKey()) {
                String value =
                        json.stringIs(CODE) && json.enterString() ? text(json, in, MAX_NAME_BYTES) : skipped(json);
                code = value.equals(CONTENT_FILTER) ? value : code;
            }
        }

        private void takeStatus(long number) {
            if (number >= 400 && number <= 599) {
                status = (int) number;
            }
        }

        private static String skipped(JsonCursor json) {
            json.skip();
            return "";
        }

        private static String text(JsonCursor json, ByteBuffer in, int maxBytes) {
            int to = Math.min(json.stringTo(), json.stringFrom() + maxBytes);
            return JsonText.decode(in, json.stringFrom(), to);
        }
    }
}
