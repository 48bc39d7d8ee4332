package dev.headgate.core.stream;

import dev.headgate.core.request.JsonCursor;
import java.nio.ByteBuffer;

/**
 * Finds the text of an answer that is one JSON document of the chat or completions API, with a single choice that is nothing
 * but a text. Reused; not thread-safe.
 */
public final class AnswerText {
    private static final byte[] NONE = {};

    private final JsonCursor json = new JsonCursor();
    private int from;
    private int to;
    private int choices;
    private boolean hasMore;

    /** Returns the inside of the JSON string, as it stands; empty if there is no such text. Never throws. */
    public byte[] of(ByteBuffer body) {
        json.reset(body, body.position(), body.limit());
        from = 0;
        to = 0;
        choices = 0;
        hasMore = false;
        if (json.enterObject()) {
            while (json.nextKey()) {
                if (json.stringIs(EventKey.CHOICES) && json.enterArray()) {
                    readChoices();
                } else {
                    json.skip();
                }
            }
        }
        boolean isText = !json.failed() && choices == 1 && !hasMore && to > from;
        json.release();
        if (!isText) {
            return NONE;
        }
        byte[] text = new byte[to - from];
        body.get(from, text);
        return text;
    }

    private void readChoices() {
        while (json.nextElement()) {
            choices++;
            if (!json.enterObject()) {
                json.skip();
                continue;
            }
            while (json.nextKey()) {
                if (json.stringIs(EventKey.TEXT)) {
                    readText();
                } else if (json.stringIs(EventKey.MESSAGE) && json.enterObject()) {
                    readMessage();
                } else {
                    json.skip();
                }
            }
        }
    }

    private void readMessage() {
        while (json.nextKey()) {
            if (json.stringIs(EventKey.CONTENT)) {
                readText();
            } else if (json.stringIs(EventKey.TOOL_CALLS) || json.stringIs(EventKey.FUNCTION_CALL)) {
                hasMore |= isSomething();
            } else {
                json.skip();
            }
        }
    }

    /** Passes a value; returns whether it is more than null or an empty list. */
    private boolean isSomething() {
        if (!json.enterArray()) {
            boolean isNull = json.peek() == 'n';
            json.skip();
            return !isNull;
        }
        boolean hasElement = false;
        while (json.nextElement()) {
            hasElement = true;
            json.skip();
        }
        return hasElement;
    }

    private void readText() {
        if (json.enterString()) {
            from = json.stringFrom();
            to = json.stringTo();
        } else {
            json.skip();
        }
    }
}
