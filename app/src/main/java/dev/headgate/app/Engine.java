package dev.headgate.app;

/** What a worker runs models with. */
enum Engine {
    /** ONNX Runtime, real models. */
    ONNX,
    /** Waits as long as a task says; for tests and measurements of the dispatcher alone. */
    SLEEP
}
