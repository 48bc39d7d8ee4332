package dev.headgate.gateway;

import java.util.Locale;

/** Pages of metrics as vLLM writes them: a hundred families, most lines of which are buckets of histograms. */
final class VllmPage {
    private static final String[] HISTOGRAMS = {
        "time_to_first_token_seconds",
        "time_per_output_token_seconds",
        "e2e_request_latency_seconds",
        "request_queue_time_seconds",
        "request_inference_time_seconds",
        "request_prefill_time_seconds",
        "request_decode_time_seconds",
        "request_prompt_tokens",
        "request_generation_tokens",
        "request_max_num_generation_tokens",
        "request_params_n",
        "request_params_max_tokens",
        "iteration_tokens_total",
        "inter_token_latency_seconds"
    };

    private VllmPage() {}

    /** Returns a small page; {@code counter} is what every request changes. */
    static String of(double waiting, double running, double kvUsage, long counter) {
        StringBuilder text = new StringBuilder();
        gauge(text, "num_requests_running", "Number of requests in model execution batches.", running);
        gauge(text, "num_requests_waiting", "Number of requests waiting to be processed.", waiting);
        gauge(text, "kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", kvUsage);
        text.append("# HELP vllm:cache_config_info Information of the LLMEngine CacheConfig\n")
                .append("# TYPE vllm:cache_config_info gauge\n")
                .append("vllm:cache_config_info{block_size=\"16\",cache_dtype=\"auto\",calculate_kv_scales=\"False\",")
                .append(
                        "engine=\"0\",gpu_memory_utilization=\"0.9\",num_gpu_blocks=\"27000\",sliding_window=\"None\"} 1.0\n")
                .append("# TYPE vllm:generation_tokens_total counter\n")
                .append("vllm:generation_tokens_total{engine=\"0\",model_name=\"m\"} ")
                .append(counter)
                .append("\nprocess_start_time_seconds 1.75e+09\n");
        return text.toString();
    }

    /** Returns a page with {@code sets} sets of histograms, 13 KB each. */
    static String large(double waiting, double running, double kvUsage, long counter, int sets) {
        StringBuilder text =
                new StringBuilder("# HELP python_gc_objects_collected_total Objects collected during gc\n");
        for (int set = 0; set < sets; set++) {
            for (String histogram : HISTOGRAMS) {
                text.append("# HELP vllm:").append(histogram).append(" Histogram of it.\n# TYPE vllm:");
                text.append(histogram).append(" histogram\n");
                for (int bucket = 0; bucket < 10; bucket++) {
                    text.append("vllm:")
                            .append(histogram)
                            .append("_bucket{engine=\"")
                            .append(set)
                            .append(String.format(
                                    Locale.ROOT, "\",le=\"%.3f\",model_name=\"m\"} ", 0.001 * (1 << bucket)))
                            .append(counter * bucket)
                            .append(".0\n");
                }
                text.append("vllm:").append(histogram).append("_sum{engine=\"0\",model_name=\"m\"} 12.5\n");
            }
        }
        return text + of(waiting, running, kvUsage, counter);
    }

    private static void gauge(StringBuilder text, String name, String help, double value) {
        text.append("# HELP vllm:").append(name).append(' ').append(help);
        text.append("\n# TYPE vllm:").append(name).append(" gauge\nvllm:").append(name);
        text.append("{engine=\"0\",model_name=\"m\"} ").append(value).append('\n');
    }
}
