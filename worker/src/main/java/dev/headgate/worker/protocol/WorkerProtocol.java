package dev.headgate.worker.protocol;

import java.util.regex.Pattern;

/** Names, limits and close codes of the wire between dispatcher and worker. */
public final class WorkerProtocol {
    /** The WebSocket subprotocol both ends must name. */
    public static final String SUBPROTOCOL = "headgate.worker.v1";

    /** The path of the dispatcher's upgrade. */
    public static final String PATH = "/worker-listen";

    /** The upgrade header that carries the worker's id. */
    public static final String WORKER_ID_HEADER = "Worker-Id";

    /** The upgrade header that carries {@code Bearer} and the worker's token. */
    public static final String AUTHORIZATION_HEADER = "Authorization";

    /** The minor version sent in Hello and Welcome; a higher one only adds fields and bodies. */
    public static final int MINOR = 1;

    /** Bytes of payload one frame may carry, so that no payload delays a heartbeat by more than one such piece. */
    public static final int MAX_PART_BYTES = 256 * 1024;

    /** Bytes of one frame that an end must accept: a batch of inline payloads and their envelope. */
    public static final int MAX_FRAME_BYTES = 4 * 1024 * 1024;

    /** Going away: the dispatcher stops or drains. */
    public static final int CLOSE_GOING_AWAY = 1001;

    /** A text frame arrived on a binary protocol. */
    public static final int CLOSE_TEXT_FRAME = 1003;

    /** A frame could not be decoded. */
    public static final int CLOSE_UNDECODABLE = 1007;

    /** A frame was larger than the receiver accepts. */
    public static final int CLOSE_TOO_BIG = 1009;

    /** A frame broke the protocol: wrong order, wrong sender or disagreement about the models held. */
    public static final int CLOSE_VIOLATION = 4400;

    /** The worker's token is no longer valid. */
    public static final int CLOSE_TOKEN_WITHDRAWN = 4401;

    /** The worker was silent or stuck for too long and counts as lost. */
    public static final int CLOSE_LOST = 4408;

    /** Another worker with the same id is connected and alive. */
    public static final int CLOSE_DUPLICATE_ID = 4409;

    private static final Pattern WORKER_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private WorkerProtocol() {}

    /** Returns whether {@code id} may name a worker. */
    public static boolean isWorkerId(String id) {
        return WORKER_ID.matcher(id).matches();
    }
}
