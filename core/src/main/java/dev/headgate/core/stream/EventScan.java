package dev.headgate.core.stream;

import dev.headgate.core.request.JsonCursor;
import java.nio.ByteBuffer;

/**
 * Reads the JSON of one event: whether it is JSON at all, and what it means for commit, completeness, usage and recovery.
 *
 * <p>One pass, nothing built. Texts are kept as ranges of the buffer, at most {@link #MAX_PIECES} of them, each with the
 * channel it belongs to. Reused for every event of a stream; an event that differs from the one before only in its text is
 * compared instead of read.
 */
final class EventScan {
    /** A delta has one text, or reasoning and answer where one ends and the other begins. */
    static final int MAX_PIECES = 4;

    /** The channels a text may belong to; a caller sees them as different fields. */
    static final byte CONTENT = 0;

    static final byte REASONING = 1;
    static final byte REASONING_CONTENT = 2;
    static final byte REFUSAL = 3;
    static final byte TEXT = 4;

    private final JsonCursor json = new JsonCursor();
    private final EventTemplate template = new EventTemplate();
    private final int[] pieceFrom = new int[MAX_PIECES];
    private final int[] pieceTo = new int[MAX_PIECES];
    private final byte[] pieceChannel = new byte[MAX_PIECES];

    /** What the event is, by its {@code type}; plain for those of the completions APIs. */
    EventType type = EventType.PLAIN;

    int pieces;
    int idFrom;
    int idTo;
    boolean isError;
    boolean isToken;
    boolean hasOther;
    boolean hasRole;
    boolean isForeign;
    long finished;
    int highestChoice;
    /** Whoever says more is not believed, and cannot spoil a sum. */
    private static final long MOST_TOKENS = 1_000_000_000;

    long promptTokens;
    long completionTokens;
    long cachedTokens;

    /** Reads the text in [from, to); false if it is not JSON. */
    boolean read(ByteBuffer in, int from, int to) {
        clear();
        if (template.fits(in, from, to, json)) {
            template.recall(this, from, json);
            return true;
        }
        boolean isJson = scan(in, from, to);
        if (isJson) {
            template.learn(this, in, from, to);
        }
        return isJson;
    }

    private boolean scan(ByteBuffer in, int from, int to) {
        json.reset(in, from, to);
        if (!json.enterObject()) {
            json.skip();
            hasOther = true;
            isForeign = true;
            return json.isAtEnd();
        }
        boolean hasKnown = false;
        boolean hasUnknown = false;
        while (json.nextKey()) {
            boolean isKnown = readRoot();
            hasKnown |= isKnown;
            hasUnknown |= !isKnown;
        }
        isForeign = hasUnknown && !hasKnown;
        return json.isAtEnd();
    }

    /** Lets go of the buffer. */
    void release() {
        json.release();
    }

    /** Returns whether it is one text and neither an end nor anything else that happens once. */
    boolean carriesOneText() {
        return pieces == 1
                && isToken
                && !isError
                && !isForeign
                && finished == 0
                && promptTokens < 0
                && completionTokens < 0;
    }

    /** Adds a text; there must be room. */
    void addPiece(int from, int to, byte channel) {
        pieceFrom[pieces] = from;
        pieceTo[pieces] = to;
        pieceChannel[pieces++] = channel;
    }

    /** Returns where a text begins, behind its quote. */
    int pieceFrom(int piece) {
        return pieceFrom[piece];
    }

    /** Returns where a text ends. */
    int pieceTo(int piece) {
        return pieceTo[piece];
    }

    /** Returns the channel of a text. */
    byte pieceChannel(int piece) {
        return pieceChannel[piece];
    }

    private void clear() {
        type = EventType.PLAIN;
        pieces = 0;
        idFrom = 0;
        idTo = 0;
        isError = false;
        isToken = false;
        hasOther = false;
        hasRole = false;
        isForeign = false;
        finished = 0;
        highestChoice = 0;
        promptTokens = -1;
        completionTokens = -1;
        cachedTokens = -1;
    }

    /** Reads a value and returns whether its key is known. Lengths tell keys apart first; escapes make one unknown. */
    private boolean readRoot() {
        int length = json.stringLength();
        if (length == 7 && json.stringIs(EventKey.CHOICES)) {
            readChoices();
        } else if (length == 5) {
            return readShort();
        } else if (length == 2 && json.stringIs(EventKey.ID)) {
            readId();
        } else if (length == 4 && json.stringIs(EventKey.TYPE)) {
            readType();
        } else if (length == 6 && json.stringIs(EventKey.OBJECT)) {
            isError |= json.enterString() ? json.stringIs(EventKey.ERROR) : skipped();
        } else if (json.stringIs(EventKey.MESSAGE) || json.stringIs(EventKey.RESPONSE)) {
            readInner();
            return false;
        } else if (json.stringIs(EventKey.CONTENT_BLOCK)) {
            readBlock();
        } else {
            json.skip();
            return false;
        }
        return true;
    }

    private boolean readShort() {
        if (json.stringIs(EventKey.USAGE)) {
            readUsage();
        } else if (json.stringIs(EventKey.DELTA)) {
            readDelta();
        } else if (json.stringIs(EventKey.ERROR)) {
            isError |= json.peek() != 'n';
            json.skip();
        } else if (json.stringIs(EventKey.INDEX)) {
            highestChoice = Math.max(highestChoice, (int) Math.min(json.countOrSkip(0), Integer.MAX_VALUE));
        } else {
            json.skip();
            return false;
        }
        return true;
    }

    private void readId() {
        if (json.enterString()) {
            idFrom = json.stringFrom();
            idTo = json.stringTo();
        } else {
            json.skip();
        }
    }

    private void readType() {
        if (json.enterString()) {
            type = EventType.of(json);
            isError |= type == EventType.ERROR;
            isToken |= type == EventType.DELTA;
        } else {
            json.skip();
        }
    }

    private void readChoices() {
        if (!json.enterArray()) {
            json.skip();
            return;
        }
        while (json.nextElement()) {
            readChoice();
        }
    }

    private void readChoice() {
        if (!json.enterObject()) {
            json.skip();
            return;
        }
        long index = 0;
        boolean isFinished = false;
        while (json.nextKey()) {
            if (json.stringIs(EventKey.DELTA)) {
                readDelta();
            } else if (json.stringIs(EventKey.INDEX)) {
                index = json.countOrSkip(0);
            } else if (json.stringIs(EventKey.FINISH_REASON)) {
                isFinished = json.peek() != 'n';
                json.skip();
            } else if (json.stringIs(EventKey.TEXT)) {
                readText(TEXT);
            } else {
                json.skip();
            }
        }
        int choice = (int) Math.min(index, Long.SIZE - 1);
        highestChoice = Math.max(highestChoice, choice);
        finished |= isFinished ? 1L << choice : 0;
    }

    /** Reads the delta of a choice, of an Anthropic event, or, a plain string, of a Responses event. */
    private void readDelta() {
        if (!json.enterObject()) {
            json.skip();
            return;
        }
        while (json.nextKey()) {
            if (json.stringIs(EventKey.CONTENT)) {
                readText(CONTENT);
            } else if (json.stringIs(EventKey.TEXT)) {
                readText(TEXT);
            } else if (json.stringIs(EventKey.ROLE)) {
                hasRole = true;
                json.skip();
            } else if (json.stringIs(EventKey.REASONING_CONTENT)) {
                readText(REASONING_CONTENT);
            } else if (json.stringIs(EventKey.REASONING)) {
                readText(REASONING);
            } else if (json.stringIs(EventKey.REFUSAL)) {
                readText(REFUSAL);
            } else if (json.stringIs(EventKey.TOOL_CALLS)
                    || json.stringIs(EventKey.FUNCTION_CALL)
                    || json.stringIs(EventKey.AUDIO)) {
                readOther();
            } else if (json.stringIs(EventKey.STOP_REASON)) {
                finished |= json.peek() == 'n' ? 0 : 1;
                json.skip();
            } else {
                json.skip();
            }
        }
    }

    private void readText(byte channel) {
        if (!json.enterString()) {
            boolean isPresent = json.peek() != 'n';
            json.skip();
            hasOther |= isPresent;
            isToken |= isPresent;
            return;
        }
        if (json.stringFrom() == json.stringTo()) {
            return;
        }
        isToken = true;
        if (pieces == MAX_PIECES) {
            hasOther = true;
            return;
        }
        addPiece(json.stringFrom(), json.stringTo(), channel);
    }

    private void readOther() {
        int from = json.index();
        int first = json.peek();
        json.skip();
        boolean isEmpty = first == 'n' || json.index() - from <= 2;
        hasOther |= !isEmpty;
        isToken |= !isEmpty;
    }

    /** Reads what Anthropic's message_start and the Responses API wrap. */
    private void readInner() {
        if (!json.enterObject()) {
            json.skip();
            return;
        }
        while (json.nextKey()) {
            if (json.stringIs(EventKey.USAGE)) {
                readUsage();
            } else {
                json.skip();
            }
        }
    }

    private void readBlock() {
        if (!json.enterObject()) {
            json.skip();
            return;
        }
        while (json.nextKey()) {
            if (json.stringIs(EventKey.TYPE)) {
                hasOther |= json.enterString() ? !json.stringIs(EventKey.TEXT) : skipped();
            } else {
                json.skip();
            }
        }
    }

    private void readUsage() {
        if (!json.enterObject()) {
            json.skip();
            return;
        }
        while (json.nextKey()) {
            if (json.stringIs(EventKey.PROMPT_TOKENS) || json.stringIs(EventKey.INPUT_TOKENS)) {
                promptTokens = Math.max(promptTokens, Math.min(MOST_TOKENS, json.countOrSkip(-1)));
            } else if (json.stringIs(EventKey.COMPLETION_TOKENS) || json.stringIs(EventKey.OUTPUT_TOKENS)) {
                completionTokens = Math.max(completionTokens, Math.min(MOST_TOKENS, json.countOrSkip(-1)));
            } else if (json.stringIs(EventKey.PROMPT_TOKENS_DETAILS) || json.stringIs(EventKey.INPUT_TOKENS_DETAILS)) {
                readDetails();
            } else {
                json.skip();
            }
        }
    }

    private void readDetails() {
        if (!json.enterObject()) {
            json.skip();
            return;
        }
        while (json.nextKey()) {
            if (json.stringIs(EventKey.CACHED_TOKENS)) {
                cachedTokens = Math.max(cachedTokens, json.countOrSkip(-1));
            } else {
                json.skip();
            }
        }
    }

    private boolean skipped() {
        json.skip();
        return false;
    }
}
