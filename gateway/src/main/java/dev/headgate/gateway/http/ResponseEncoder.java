package dev.headgate.gateway.http;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;

/** Netty's encoder, save that an answer to HEAD has no body whatever its header says. */
final class ResponseEncoder extends HttpResponseEncoder {
    private final RequestDecoder decoder;

    ResponseEncoder(RequestDecoder decoder) {
        this.decoder = decoder;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse answer) {
        if (answer.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            return super.isContentAlwaysEmpty(answer);
        }
        boolean isBodyless = decoder.nextIsBodyless();
        return isBodyless || super.isContentAlwaysEmpty(answer);
    }
}
