package dev.headgate.core.signal;

import dev.headgate.core.signal.EngineMapping.Place;

/** The engines whose metrics are known, named as Kubernetes' endpoint pickers name them (kubernetes.md §1.7). */
public enum EngineType {
    /** vLLM. */
    VLLM,
    /** SGLang. */
    SGLANG,
    /** TensorRT-LLM's own server. */
    TRTLLM_SERVE,
    /** TensorRT-LLM behind Triton. */
    TRITON_TENSORRT_LLM,
    /** Triton with another backend. */
    TRITON;

    /** Returns which of its metrics tell what. */
    public EngineMapping mapping() {
        return switch (this) {
            case VLLM ->
                EngineMapping.of("vllm:num_requests_waiting", "vllm:num_requests_running", "vllm:kv_cache_usage_perc")
                        .withCache(
                                Place.label("vllm:cache_config_info", "block_size"),
                                Place.label("vllm:cache_config_info", "num_gpu_blocks"))
                        .withAdapters("vllm:lora_requests_info");
            case SGLANG ->
                EngineMapping.of("sglang:num_queue_reqs", "sglang:num_running_reqs", "sglang:token_usage")
                        .withCache(
                                Place.label("sglang:cache_config_info", "page_size"),
                                Place.label("sglang:cache_config_info", "num_pages"));
            case TRTLLM_SERVE ->
                EngineMapping.of(
                                "trtllm_num_requests_waiting",
                                "trtllm_num_requests_running",
                                "trtllm_kv_cache_utilization")
                        .withCache(
                                Place.value("trtllm_kv_cache_tokens_per_block"),
                                Place.value("trtllm_kv_cache_max_blocks"));
            case TRITON_TENSORRT_LLM ->
                EngineMapping.of(
                                "nv_trt_llm_request_metrics{request_type=waiting}",
                                "nv_trt_llm_request_metrics{request_type=scheduled}",
                                "nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=fraction}")
                        .withCache(
                                Place.value("nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=tokens_per}"),
                                Place.value("nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=max}"));
            case TRITON -> EngineMapping.of("nv_inference_pending_request_count", "nv_inference_exec_count", "");
        };
    }
}
