package dev.headgate.lab.live;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.request.Prompt;
import dev.headgate.core.signal.PromptHasher;
import dev.headgate.core.signal.PromptReader;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTextTest {
    private final PromptReader reader = new PromptReader();

    private List<Prompt> read(Trace trace, int blockTokens) {
        List<Prompt> prompts = new ArrayList<>();
        for (byte[] request : ChatBodies.all("h", "m", trace, blockTokens)) {
            String text = new String(request, US_ASCII);
            byte[] body = text.substring(text.indexOf("\r\n\r\n") + 4).getBytes(US_ASCII);
            prompts.add(reader.read(ByteBuffer.wrap(body), "m"));
        }
        return prompts;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void gatewayCountsAndSharesWhatTheTraceSays(long seed) {
        Trace trace = LiveTraces.questions(60, 1000, seed);
        Trace index = trace.cutFor(PromptHasher.BLOCK_TOKENS);
        List<Prompt> prompts = read(trace, 16);
        Map<Integer, Long> hashes = new HashMap<>();
        Map<Long, Integer> units = new HashMap<>();
        for (int r = 0; r < trace.size(); r++) {
            Prompt prompt = prompts.get(r);
            assertThat(prompt.tokens()).as("seed %d, request %d", seed, r).isEqualTo(trace.input(r));
            assertThat(prompt.blocks()).isEqualTo(trace.input(r) / PromptHasher.BLOCK_TOKENS);
            for (int k = 0; k < prompt.blocks(); k++) {
                Long hash = hashes.putIfAbsent(index.unit(r, k), prompt.block(k));
                Integer unit = units.putIfAbsent(prompt.block(k), index.unit(r, k));
                assertThat(hash == null || hash == prompt.block(k))
                        .as("equal blocks of %d", r)
                        .isTrue();
                assertThat(unit == null || unit == index.unit(r, k))
                        .as("other blocks of %d", r)
                        .isTrue();
            }
        }
        assertThat(hashes).hasSizeLessThan(trace.allUnits().length / 4);
    }

    @Test
    void partsOfALargeUnitAreShared() {
        TraceBuilder builder = new TraceBuilder(512);
        builder.add(0, 1024, 1);
        builder.unit(1).unit(2);
        builder.add(1, 700, 1);
        builder.unit(1).unit(2);
        builder.add(2, 700, 1);
        builder.unit(1).unit(3);
        List<Prompt> prompts = read(builder.build(), 16);
        assertThat(prompts.get(0).block(9)).isEqualTo(prompts.get(1).block(9));
        assertThat(prompts.get(1).block(7)).isEqualTo(prompts.get(2).block(7));
        assertThat(prompts.get(1).block(8)).isNotEqualTo(prompts.get(2).block(8));
    }
}
