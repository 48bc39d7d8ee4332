package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What engines say of themselves, and what of it is believed. */
class EngineReadingTest {
    private static final long MILLI = 1_000_000L;

    private static final String VLLM = """
            # HELP vllm:num_requests_running Number of requests in model execution batches.
            # TYPE vllm:num_requests_running gauge
            vllm:num_requests_running{engine="0",model_name="m"} 12.0
            # TYPE vllm:num_requests_waiting gauge
            vllm:num_requests_waiting{engine="0",model_name="m"} 3.0
            # TYPE vllm:kv_cache_usage_perc gauge
            vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
            # TYPE vllm:cache_config_info gauge
            vllm:cache_config_info{block_size="16",cache_dtype="auto",num_gpu_blocks="27000"} 1.0
            # TYPE vllm:lora_requests_info gauge
            vllm:lora_requests_info{max_lora="4",running_lora_adapters="",waiting_lora_adapters=""} 1.7e+09
            vllm:lora_requests_info{max_lora="4",running_lora_adapters="sql, law",waiting_lora_adapters="tea"} 1.8e+09
            process_start_time_seconds 1.75e+09
            """;

    private static final String SGLANG = """
            # TYPE sglang:num_running_reqs gauge
            sglang:num_running_reqs{model_name="m"} 12.0
            sglang:num_queue_reqs{model_name="m"} 3.0
            sglang:token_usage{model_name="m"} 0.25
            sglang:cache_config_info{page_size="16",num_pages="27000"} 1.0
            """;

    private static final String TRTLLM_SERVE = """
            trtllm_num_requests_running 12
            trtllm_num_requests_waiting 3
            trtllm_kv_cache_utilization 0.25
            trtllm_kv_cache_tokens_per_block 16
            trtllm_kv_cache_max_blocks 27000
            """;

    private static final String TRITON_TENSORRT_LLM = """
            nv_trt_llm_request_metrics{model="m",request_type="scheduled",version="1"} 12
            nv_trt_llm_request_metrics{model="m",request_type="waiting",version="1"} 3
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="m"} 0.25
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="tokens_per",model="m"} 16
            nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="max",model="m"} 27000
            """;

    private static final String TRITON = """
            nv_inference_pending_request_count{model="m",version="1"} 3
            nv_inference_exec_count{model="m",version="1"} 12
            """;

    private EngineReading reading = new EngineReading(EngineType.VLLM.mapping());

    @ParameterizedTest
    @CsvSource({
        "VLLM, 0.25, 432000",
        "SGLANG, 0.25, 432000",
        "TRTLLM_SERVE, 0.25, 432000",
        "TRITON_TENSORRT_LLM, 0.25, 432000",
        "TRITON, NaN, 0"
    })
    void everyEngineIsUnderstood(EngineType type, double kvUsage, long cacheTokens) {
        reading = new EngineReading(type.mapping());
        assertThat(read(pageOf(type), 0)).isTrue();
        assertThat(reading.load(0)).isEqualTo(new LoadReport(3, 12, kvUsage, 0));
        assertThat(reading.cacheTokens()).isEqualTo(cacheTokens);
    }

    private static String pageOf(EngineType type) {
        return switch (type) {
            case VLLM -> VLLM;
            case SGLANG -> SGLANG;
            case TRTLLM_SERVE -> TRTLLM_SERVE;
            case TRITON_TENSORRT_LLM -> TRITON_TENSORRT_LLM;
            case TRITON -> TRITON;
        };
    }

    @Test
    void latestWordOnAdaptersCountsAndSilenceKeepsIt() {
        assertThat(reading.tellsAdapters()).isFalse();
        read(VLLM, 0);
        assertThat(reading.adapters()).isEqualTo(Set.of("sql", "law"));
        assertThat(reading.maxAdapters()).isEqualTo(4);
        read("vllm:num_requests_waiting 1\n", MILLI);
        assertThat(reading.adapters()).isEqualTo(Set.of("sql", "law"));
        read("vllm:lora_requests_info{max_lora=\"4\",running_lora_adapters=\"\"} 1.9e9\n", 2 * MILLI);
        assertThat(reading.adapters()).isEmpty();
        assertThat(reading.tellsAdapters()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "vllm:num_requests_waiting -1, NEGATIVE, NaN, 12, 0.25",
        "vllm:num_requests_waiting NaN, NOT_A_NUMBER, NaN, 12, 0.25",
        "vllm:num_requests_running +Inf, NOT_A_NUMBER, 3, NaN, 0.25",
        "vllm:kv_cache_usage_perc 1.01, TOO_LARGE, 3, 12, NaN",
        "vllm:kv_cache_usage_perc -0.1, NEGATIVE, 3, 12, NaN"
    })
    void fieldThatCannotBeTrueIsDroppedAndCounted(
            String lie, EngineFault fault, double waiting, double running, double kvUsage) {
        read(VLLM, 0);
        assertThat(read(lie + '\n' + VLLM, MILLI)).isTrue();
        assertThat(reading.load(MILLI)).isEqualTo(new LoadReport(waiting, running, kvUsage, 0));
        for (EngineFault each : EngineFault.values()) {
            assertThat(reading.faults(each)).isEqualTo(each == fault ? 1 : 0);
        }
        read(VLLM, 2 * MILLI);
        assertThat(reading.load(2 * MILLI)).isEqualTo(new LoadReport(3, 12, 0.25, 0));
    }

    @Test
    void countsAreCutToIntegers() {
        read("vllm:num_requests_waiting 2.9\nvllm:num_requests_running 1e1\n", 0);
        assertThat(reading.load(0)).isEqualTo(new LoadReport(2, 10, Double.NaN, 0));
    }

    @Test
    void metricThatIsMissingKeepsItsValueForTwoSeconds() {
        read(VLLM, 0);
        assertThat(read("vllm:num_requests_waiting 7\n", 2000 * MILLI)).isTrue();
        assertThat(reading.load(2000 * MILLI)).isEqualTo(new LoadReport(7, 12, 0.25, 0));
        read("vllm:num_requests_waiting 8\n", 2001 * MILLI);
        assertThat(reading.load(2001 * MILLI)).isEqualTo(new LoadReport(8, Double.NaN, Double.NaN, 0));
    }

    @Test
    void pageWithoutAnyOfItTellsNothing() {
        assertThat(read("<html>it works</html>\n", 0)).isFalse();
        assertThat(reading.load(0)).isEqualTo(LoadReport.UNKNOWN);
    }

    @Test
    void pageThatStaysAsItWasAlthoughRequestsWereSentIsFrozen() {
        assertThat(read(VLLM, 0, 5)).isTrue();
        assertThat(read(VLLM, 60_000 * MILLI, 5)).as("nothing was sent").isTrue();
        assertThat(read(VLLM, 60_050 * MILLI, 6)).as("it may not have arrived").isTrue();
        assertThat(read(VLLM, 61_049 * MILLI, 9)).isTrue();
        assertThat(read(VLLM, 61_050 * MILLI, 9)).isFalse();
        assertThat(reading.isFrozen()).isTrue();
        assertThat(reading.load(61_050 * MILLI)).isEqualTo(LoadReport.UNKNOWN);
        assertThat(reading.faults(EngineFault.FROZEN)).isEqualTo(1);

        assertThat(read(VLLM + "requests_total 9\n", 61_100 * MILLI, 9)).isTrue();
        assertThat(reading.isFrozen()).isFalse();
        assertThat(reading.load(61_100 * MILLI)).isEqualTo(new LoadReport(3, 12, 0.25, 0));
    }

    @Test
    void anotherProcessHasAnEmptyCache() {
        read(VLLM, 0);
        assertThat(reading.isEmptied()).isFalse();
        read(VLLM + "x 1\n", MILLI);
        assertThat(reading.isEmptied()).isFalse();
        read(VLLM.replace("1.75e+09", "1.76e+09"), 2 * MILLI);
        assertThat(reading.isEmptied()).isTrue();
        read(VLLM.replace("1.75e+09", "1.76e+09"), 3 * MILLI);
        assertThat(reading.isEmptied()).isFalse();
    }

    @Test
    void cacheWithoutBlocksIsEmptyAndKeepsItsSize() {
        read(VLLM, 0);
        read(VLLM.replace("\"27000\"", "\"0\""), MILLI);
        assertThat(reading.isEmptied()).isTrue();
        assertThat(reading.cacheTokens()).isEqualTo(432_000);
        read(VLLM.replace("\"27000\"", "\"None\""), 2 * MILLI);
        assertThat(reading.isEmptied()).isFalse();
        assertThat(reading.cacheTokens()).isEqualTo(432_000);
    }

    private boolean read(String text, long nowNanos) {
        return read(text, nowNanos, 0);
    }

    private boolean read(String text, long nowNanos, long sent) {
        reading.begin();
        reading.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        return reading.end(nowNanos, sent);
    }
}
