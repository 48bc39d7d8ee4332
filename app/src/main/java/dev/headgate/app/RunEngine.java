package dev.headgate.app;

/** What stands for the workers in a measured run. */
enum RunEngine {
    /** Worker processes that wait. */
    SLEEP,
    /** Worker processes with real models. */
    ONNX,
    /** Simulated workers in simulated time. */
    VIRTUAL
}
