package dev.headgate.lab.provider;

import java.util.ArrayList;
import java.util.List;

/** The answer that every model gives: 60 tokens, some of them words that come again and some outside ASCII. */
public final class CanonicalAnswer {
    /** The text as a caller must receive it. */
    public static final String TEXT = "The gate stands in front of the fleet and decides, for every request, which"
            + " endpoint serves it, when, and what happens if that fails. The fleet is large, the fleet is slow, and"
            + " now and then the fleet is gone. Naïve gates pass the déluge on; 門 counts, waits, tries again, and"
            + " never 🚦 shows half an answer as whole.";

    /** The text in the pieces in which it is streamed. */
    public static final List<String> TOKENS = split(TEXT);

    /** Milliseconds between two tokens. */
    public static final int PACE_MILLIS = 15;

    private CanonicalAnswer() {}

    /** Returns the tokens of a request that {@code model} counts; models differ, so that an account shows who was asked. */
    public static int promptTokens(String model) {
        return 20 + model.length();
    }

    /** Splits before each space, so that the pieces together are the text. */
    static List<String> split(String text) {
        List<String> tokens = new ArrayList<>();
        int start = 0;
        for (int space = text.indexOf(' ', 1); space > 0; space = text.indexOf(' ', space + 1)) {
            tokens.add(text.substring(start, space));
            start = space;
        }
        if (start < text.length()) {
            tokens.add(text.substring(start));
        }
        return List.copyOf(tokens);
    }
}
