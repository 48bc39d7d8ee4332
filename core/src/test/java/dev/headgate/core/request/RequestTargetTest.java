package dev.headgate.core.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestTargetTest {
    @ParameterizedTest
    @CsvSource({
        "POST,/v1/chat/completions,CHAT,true",
        "POST,/v1/chat/completions?api-version=1,CHAT,true",
        "POST,/v1/completions,COMPLETIONS,true",
        "POST,/v1/embeddings,EMBEDDINGS,true",
        "POST,/v1/responses,RESPONSES,true",
        "POST,/v1/responses/r1/cancel,OTHER,false",
        "POST,/v1/messages,MESSAGES,true",
        "POST,/v1/threads/t1/messages,OTHER,false",
        "POST,/openai/threads/t%2F1/messages?api-version=1,OTHER,false",
        "POST,/threads/messages,MESSAGES,true",
        "POST,/v1/moderations,STATELESS,true",
        "POST,/rerank,STATELESS,true",
        "POST,/score,STATELESS,true",
        "POST,/v1/images/generations,STATELESS,true",
        "POST,/v1/images/edits,STATELESS,true",
        "POST,/v1/images/variations,STATELESS,true",
        "POST,/v1/audio/speech,STATELESS,true",
        "POST,/v1/audio/transcriptions,STATELESS,true",
        "POST,/v1/audio/translations,STATELESS,true",
        "POST,/v1/files,OTHER,false",
        "POST,/v1/x?a=/chat/completions,OTHER,false",
        "GET,/v1/models,OTHER,true",
        "HEAD,/,OTHER,true",
        "DELETE,/v1/files/f1,OTHER,false",
        "PUT,/v1/chat/completions,CHAT,false",
        "POST,'',OTHER,false",
        "OPTIONS,*,OTHER,false"
    })
    void methodAndPathDecide(String method, String target, ApiKind kind, boolean mayFailOver) {
        RequestTarget read = RequestTarget.of(method, target);
        assertThat(read.kind()).isEqualTo(kind);
        assertThat(read.mayFailOver()).isEqualTo(mayFailOver);
        assertThat(read.isRead()).isEqualTo(method.equals("GET") || method.equals("HEAD"));
        assertThat(read.raw()).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/openai/deployments/gpt-4o/chat/completions?api-version=1,gpt-4o",
                "/openai/deployments/my%20model%2Fx/chat/completions,my model/x",
                "/openai/deployments/50%/chat/completions,50%",
                "/openai/deployments/a%zz/embeddings,a%zz",
                "/openai/deployments//chat/completions,-",
                "/openai/deployments/gpt-4o,-",
                "/v1/chat/completions,-",
                "/v1/x?a=/deployments/b/c,-",
                "/deployments/?a=/b,-"
            })
    void deploymentIsDecoded(String target, String deployment) {
        assertThat(RequestTarget.of("POST", target).deployment()).isEqualTo(deployment);
    }

    @Test
    void deploymentIsReplacedAndNothingElse() {
        RequestTarget target = RequestTarget.of("POST", "/a//b/openai/deployments/x%20y/chat/completions?q=%2F");
        assertThat(target.withDeployment("z w/\u00e9"))
                .isEqualTo("/a//b/openai/deployments/z%20w%2F%C3%A9/chat/completions?q=%2F");
        assertThat(target.withDeployment("x y")).isSameAs(target.raw());
        assertThat(RequestTarget.of("POST", "/v1/x").withDeployment("y")).isEqualTo("/v1/x");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/x,/v1/x",
        "/v1/x?api-version=1,/v1/x?api-version=1",
        "/v1/x?api-key=s&b=2,/v1/x?api-key=***&b=2",
        "/v1/x?b=2&KEY=s,/v1/x?b=2&KEY=***",
        "/v1/x?code=s&sig=t&token=u,/v1/x?code=***&sig=***&token=***",
        "/v1/x?api%2Dkey=s,/v1/x?api%2Dkey=***",
        "/v1/x?key=a=b&c,/v1/x?key=***&c",
        "/v1/x?key&monkey=1,/v1/x?key&monkey=1",
        "/v1/x?,/v1/x?"
    })
    void secretsInTheQueryAreNotShown(String target, String shown) {
        assertThat(RequestTarget.of("GET", target).redacted()).isEqualTo(shown);
    }
}
