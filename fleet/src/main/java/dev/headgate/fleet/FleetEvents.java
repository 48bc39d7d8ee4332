package dev.headgate.fleet;

/** Hears whether state is shared, for logs. Called by the module's thread: quick, and throws nothing. */
public interface FleetEvents {
    /** Hears nothing. */
    FleetEvents NONE = new FleetEvents() {};

    /** State is shared from now on, over the server at {@code address}. */
    default void shared(String address) {}

    /** This process goes by what it learns itself from now on, because of {@code reason}: one sentence. */
    default void alone(String reason) {}

    /** Something that was heard or is done each second ended with {@code fault}, a fault of this program; it goes on. */
    default void failed(RuntimeException fault) {}
}
