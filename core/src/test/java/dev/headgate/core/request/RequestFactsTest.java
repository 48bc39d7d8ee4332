package dev.headgate.core.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFactsTest {
    private static final String JSON = "application/json";
    private static final String FORM = "multipart/form-data; boundary=abc";

    @Test
    void fieldsAreRead() {
        RequestFacts facts =
                scan("{\"messages\":[{\"role\":\"user\",\"content\":\"a long text with \\\" and \\\\ in it\"}],"
                        + "\"model\":\"gpt-4o\",\"stream\":true,\"n\":3,\"max_completion_tokens\":7,\"max_tokens\":9,"
                        + "\"stream_options\":{\"include_usage\":true}}");
        assertThat(facts.isReadable()).isTrue();
        assertThat(facts.model()).isEqualTo("gpt-4o");
        assertThat(facts.streams()).isTrue();
        assertThat(facts.choices()).isEqualTo(3);
        assertThat(facts.maxOutputTokens()).isEqualTo(7);
        assertThat(facts.includesUsage()).isTrue();
        assertThat(facts.isStateful()).isFalse();
    }

    @Test
    void absentFieldsHaveTheirDefaults() {
        RequestFacts facts = scan(" { } ");
        assertThat(facts.isReadable()).isTrue();
        assertThat(facts.model()).isEmpty();
        assertThat(facts.modelFrom()).isEqualTo(-1);
        assertThat(facts.streams()).isFalse();
        assertThat(facts.choices()).isEqualTo(1);
        assertThat(facts.maxOutputTokens()).isZero();
    }

    @Test
    void modelIsSplicedByItsRange() {
        String body = "{\"a\":[1,{\"model\":\"not me\"}],\"model\" : \"old\",\"z\":0}";
        ByteBuffer shifted = ByteBuffer.allocateDirect(100);
        shifted.put(new byte[] {1, 2, 3})
                .put(body.getBytes(StandardCharsets.UTF_8))
                .flip()
                .position(3);
        RequestFacts facts = RequestFacts.scan(shifted, JSON);
        String spliced = body.substring(0, facts.modelFrom())
                + new String(facts.modelBytes("n\"ew"), StandardCharsets.UTF_8)
                + body.substring(facts.modelTo());
        assertThat(spliced).isEqualTo("{\"a\":[1,{\"model\":\"not me\"}],\"model\" : \"n\\\"ew\",\"z\":0}");
    }

    @Test
    void lastOfRepeatedKeysCounts() {
        assertThat(scan("{\"model\":\"a\",\"model\":\"b\"}").model()).isEqualTo("b");
        assertThat(scan("{\"model\":\"a\",\"model\":null}").model()).isEmpty();
        assertThat(scan("{\"stream\":true,\"stream\":false}").streams()).isFalse();
    }

    @Test
    void escapesAreSeenThrough() {
        assertThat(scan("{\"mod\\u0065l\":\"g\\u0070t\\/\\u00e9\\ud83d\\ude00\"}")
                        .model())
                .isEqualTo("gpt/\u00e9\ud83d\ude00");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"previous_response_id\":\"r\"}", "{\"conversation\":{\"id\":\"c\"}}", "{\"background\":true}"
            })
    void referencesToStateAreSeen(String body) {
        assertThat(scan(body).isStateful()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"previous_response_id\":null,\"conversation\":null,\"background\":false}",
                "{\"background\":null}"
            })
    void absentStateIsNone(String body) {
        assertThat(scan(body).isStateful()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "\"x\"",
                "{",
                "{\"a\"",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,}",
                "{\"a\" 1}",
                "{\"a\":1 \"b\":2}",
                "{} x",
                "{}{}",
                "{\"a\":01}",
                "{\"a\":-}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":tru}",
                "{\"a\":nul}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"",
                "{\"a\":[1,]}",
                "{\"a\":[}",
                "{'a':1}",
                "{\"a\":[1 2]}",
                "{\"a\":NaN}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "not json"
            })
    void whatIsNoJsonObjectIsNotReadable(String body) {
        assertThat(scan(body).isReadable()).isFalse();
        assertThat(scan(body).model()).isEmpty();
    }

    @Test
    void depthIsBounded() {
        assertThat(scan("{\"a\":" + "[".repeat(500) + "]".repeat(500) + "}").isReadable())
                .isTrue();
        assertThat(scan("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}")
                        .isReadable())
                .isFalse();
    }

    @Test
    void excessiveModelCountsAsNone() {
        RequestFacts facts = scan("{\"model\":\"" + "m".repeat(5000) + "\"}");
        assertThat(facts.model()).isEmpty();
        assertThat(facts.isReadable()).isTrue();
    }

    @Test
    void textWithoutContentTypeIsTriedAsJson() {
        assertThat(RequestFacts.scan(buffer("{\"model\":\"m\"}"), null).model()).isEqualTo("m");
    }

    @Test
    void formFieldIsFoundBehindAFile() {
        String form = "--abc\r\nContent-Disposition: form-data; name=\"file\"; filename=\"model\"\r\n\r\n"
                + "x--abc\r\n--ab\r\n".repeat(50)
                + "\r\n--abc\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\n"
                + "whisper-1\r\n--abc\r\nContent-Disposition: form-data; name=stream\r\n\r\ntrue\r\n--abc--\r\n";
        RequestFacts facts = RequestFacts.scan(buffer(form), FORM);
        assertThat(facts.isReadable()).isTrue();
        assertThat(facts.model()).isEqualTo("whisper-1");
        assertThat(facts.streams()).isTrue();
        assertThat(form.substring(facts.modelFrom(), facts.modelTo())).isEqualTo("whisper-1");
        assertThat(facts.modelBytes("a\"b")).asString().isEqualTo("a\"b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--abc--\r\n",
                "--abc\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm",
                "--abc\r\nContent-Disposition: form-data; name=\"models\"\r\n\r\nm\r\n--abc--",
                "--abc\r\nContent-Disposition: form-data; name=\"model\"; filename=\"x\"\r\n\r\nm\r\n--abc--",
                "{\"model\":\"m\"}"
            })
    void formWithoutTheFieldIsNotReadable(String form) {
        assertThat(RequestFacts.scan(buffer(form), FORM).isReadable()).isFalse();
    }

    @Test
    void garbageNeverThrows() {
        Random random = new Random(5);
        byte[] json = "{\"model\":\"g\\u0041\",\"n\":12,\"stream\":true,\"a\":[{\"b\":null},1.5e3,\"\\n\"]}"
                .getBytes(StandardCharsets.UTF_8);
        byte[] form = "--abc\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--abc--\r\n"
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 50_000; i++) {
            byte[] sample = i % 2 == 0 ? json : form;
            byte[] bytes = java.util.Arrays.copyOf(sample, random.nextInt(sample.length + 1));
            for (int damage = random.nextInt(4); damage > 0 && bytes.length > 0; damage--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            assertThat(RequestFacts.scan(ByteBuffer.wrap(bytes), i % 2 == 0 ? JSON : FORM))
                    .isNotNull();
        }
    }

    private static RequestFacts scan(String body) {
        return RequestFacts.scan(buffer(body), JSON);
    }

    private static ByteBuffer buffer(String body) {
        return ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_tokens", "max_completion_tokens", "max_output_tokens"})
    void tokensAndChoicesCanBeMultiplied(String field) {
        byte[] body =
                ("{\"n\":9223372036854775807,\"" + field + "\":9223372036854775807}").getBytes(StandardCharsets.UTF_8);
        RequestFacts facts = RequestFacts.scan(ByteBuffer.wrap(body), "application/json");
        assertThat(Math.multiplyExact(facts.maxOutputTokens(), (long) facts.choices()))
                .isPositive();
    }
}
