package dev.headgate.core.request;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the body of a request says about routing. Immutable.
 *
 * <p>Of keys that are repeated the last counts, as in most parsers, so the upstream sees what was routed on. A model
 * that is not a string, or is longer than 4 KiB, counts as none.
 */
public final class RequestFacts {
    /** No body, or one that says nothing. */
    public static final RequestFacts NONE = new RequestFacts(new Fields(), false, false);

    private static final int MAX_MODEL_BYTES = 4096;
    private static final byte[] MODEL = ascii("model");
    private static final byte[] STREAM = ascii("stream");
    private static final byte[] N = ascii("n");
    private static final byte[] MAX_COMPLETION_TOKENS = ascii("max_completion_tokens");
    private static final byte[] MAX_TOKENS = ascii("max_tokens");
    private static final byte[] MAX_OUTPUT_TOKENS = ascii("max_output_tokens");
    private static final byte[] STREAM_OPTIONS = ascii("stream_options");
    private static final byte[] INCLUDE_USAGE = ascii("include_usage");
    private static final byte[] PREVIOUS_RESPONSE_ID = ascii("previous_response_id");
    private static final byte[] CONVERSATION = ascii("conversation");
    private static final byte[] BACKGROUND = ascii("background");

    /** More than any model generates; times the largest number of choices it still fits. */
    private static final long MOST_OUTPUT_TOKENS = 1_000_000_000;

    private static final long DEFAULT_OUTPUT_TOKENS = 256;

    private final boolean isReadable;
    private final boolean isForm;
    private final String model;
    private final int modelFrom;
    private final int modelTo;
    private final boolean streams;
    private final boolean includesUsage;
    private final int choices;
    private final long maxOutputTokens;
    private final boolean isStateful;

    private RequestFacts(Fields fields, boolean isReadable, boolean isForm) {
        this.isReadable = isReadable;
        this.isForm = isForm;
        model = fields.model;
        modelFrom = fields.model.isEmpty() ? -1 : fields.modelFrom;
        modelTo = fields.model.isEmpty() ? -1 : fields.modelTo;
        streams = fields.streams;
        includesUsage = fields.includesUsage;
        choices = (int) Math.max(1, Math.min(fields.choices, Integer.MAX_VALUE));
        long most = fields.maxCompletionTokens > 0 ? fields.maxCompletionTokens : fields.maxTokens;
        maxOutputTokens = Math.min(most, MOST_OUTPUT_TOKENS);
        isStateful = fields.hasPrevious || fields.hasConversation || fields.isBackground;
    }

    /**
     * Reads a body in one pass: JSON, or the fields of {@code multipart/form-data}. Never throws.
     *
     * @param body position to limit; not changed. Heap or direct
     * @param contentType the header's value, null if there is none; whatever it says but a form is tried as JSON
     */
    public static RequestFacts scan(ByteBuffer body, @Nullable String contentType) {
        Fields fields = new Fields();
        if (FormFields.isForm(contentType)) {
            FormFields form = new FormFields(body, contentType);
            while (form.next()) {
                fields.readPart(form, body);
            }
            return new RequestFacts(fields, !fields.model.isEmpty(), true);
        }
        JsonCursor json = new JsonCursor();
        json.reset(body, body.position(), body.limit());
        if (!json.enterObject()) {
            return NONE;
        }
        while (json.nextKey()) {
            fields.readValue(json, body.position());
        }
        return json.isAtEnd() ? new RequestFacts(fields, true, false) : NONE;
    }

    /** Returns whether the body is one well-formed JSON object, or a multipart form with a field {@code model}. */
    public boolean isReadable() {
        return isReadable;
    }

    /** Returns the model, decoded; empty if none is named. */
    public String model() {
        return model;
    }

    /** Returns where the model's value begins, relative to the body's position, without quotes; −1 without a model. */
    public int modelFrom() {
        return modelFrom;
    }

    /** Returns where the model's value ends, exclusive; −1 without a model. */
    public int modelTo() {
        return modelTo;
    }

    /** Returns the bytes to put between {@link #modelFrom} and {@link #modelTo} to name {@code upstreamName} instead. */
    public byte[] modelBytes(String upstreamName) {
        return isForm ? upstreamName.getBytes(StandardCharsets.UTF_8) : JsonText.encode(upstreamName);
    }

    /** Returns whether {@code stream} is true. */
    public boolean streams() {
        return streams;
    }

    /** Returns whether {@code stream_options.include_usage} is true. */
    public boolean includesUsage() {
        return includesUsage;
    }

    /** Returns how many tokens it may generate, all choices together; 256 for each if it does not say. */
    public long expectedOutputTokens() {
        return (maxOutputTokens > 0 ? maxOutputTokens : DEFAULT_OUTPUT_TOKENS) * choices;
    }

    /** Returns how many choices are asked for, {@code n}, 1 unless given. */
    public int choices() {
        return choices;
    }

    /**
     * Returns the limit of tokens per choice, 0 if there is none: {@code max_completion_tokens}, else {@code max_tokens}
     * or {@code max_output_tokens}; at most a billion.
     */
    public long maxOutputTokens() {
        return maxOutputTokens;
    }

    /**
     * Returns whether it refers to state on one backend: {@code previous_response_id}, {@code conversation} or
     * {@code background}. Means something to {@link ApiKind#RESPONSES} only.
     */
    public boolean isStateful() {
        return isStateful;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The fields while they are read. */
    private static final class Fields {
        private String model = "";
        private int modelFrom;
        private int modelTo;
        private boolean streams;
        private boolean includesUsage;
        private long choices = 1;
        private long maxCompletionTokens;
        private long maxTokens;
        private boolean hasPrevious;
        private boolean hasConversation;
        private boolean isBackground;

        void readValue(JsonCursor json, int start) {
            if (json.stringIs(MODEL)) {
                readModel(json, start);
            } else if (json.stringIs(STREAM)) {
                streams = json.trueOrSkip();
            } else if (json.stringIs(MAX_TOKENS) || json.stringIs(MAX_OUTPUT_TOKENS)) {
                maxTokens = json.countOrSkip(0);
            } else if (json.stringIs(MAX_COMPLETION_TOKENS)) {
                maxCompletionTokens = json.countOrSkip(0);
            } else if (json.stringIs(N)) {
                choices = json.countOrSkip(1);
            } else if (json.stringIs(STREAM_OPTIONS)) {
                readStreamOptions(json);
            } else if (json.stringIs(PREVIOUS_RESPONSE_ID)) {
                hasPrevious = isPresent(json);
            } else if (json.stringIs(CONVERSATION)) {
                hasConversation = isPresent(json);
            } else if (json.stringIs(BACKGROUND)) {
                isBackground = json.trueOrSkip();
            } else {
                json.skip();
            }
        }

        void readPart(FormFields form, ByteBuffer body) {
            int size = form.valueTo() - form.valueFrom();
            if (size > MAX_MODEL_BYTES) {
                return;
            }
            if (form.nameIs("model")) {
                model = text(body, form.valueFrom(), form.valueTo());
                modelFrom = form.valueFrom() - body.position();
                modelTo = form.valueTo() - body.position();
            } else if (form.nameIs("stream")) {
                streams = text(body, form.valueFrom(), form.valueTo()).strip().equalsIgnoreCase("true");
            }
        }

        private void readModel(JsonCursor json, int start) {
            if (!json.enterString()) {
                json.skip();
                model = "";
                return;
            }
            modelFrom = json.stringFrom() - start;
            modelTo = json.stringTo() - start;
            model = modelTo - modelFrom > MAX_MODEL_BYTES ? "" : json.string();
        }

        private void readStreamOptions(JsonCursor json) {
            includesUsage = false;
            if (!json.enterObject()) {
                json.skip();
                return;
            }
            while (json.nextKey()) {
                if (json.stringIs(INCLUDE_USAGE)) {
                    includesUsage = json.trueOrSkip();
                } else {
                    json.skip();
                }
            }
        }

        private static boolean isPresent(JsonCursor json) {
            boolean isPresent = json.peek() != 'n';
            json.skip();
            return isPresent;
        }

        private static String text(ByteBuffer body, int from, int to) {
            byte[] bytes = new byte[to - from];
            body.get(from, bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
