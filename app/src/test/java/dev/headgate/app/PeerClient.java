package dev.headgate.app;

import java.util.List;
import java.util.Locale;

/** The client libraries that {@code src/test/peers} drives, as their users get them. */
enum PeerClient {
    OPENAI(Program.NODE),
    AZURE(Program.NODE),
    LANGCHAIN(Program.NODE),
    LANGCHAIN_AZURE(Program.NODE),
    /** Vercel's, which speaks the responses API. */
    AI(Program.NODE),
    AI_CHAT(Program.NODE),
    PYTHON_OPENAI(Program.PYTHON),
    PYTHON_AZURE(Program.PYTHON),
    OPENAI_JAVA(Program.OPENAI_JAVA),
    LANGCHAIN4J(Program.LANGCHAIN4J),
    SPRING_AI(Program.SPRING_AI),
    AZURE_OPENAI(Program.AZURE_OPENAI);

    private final Program program;

    PeerClient(Program program) {
        this.program = program;
    }

    /** Returns the program that drives it. */
    Program program() {
        return program;
    }

    /** Returns the word for it in an action. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the action of this client that asks {@code model} for {@code verb}. */
    ClientAction to(ClientAction.Verb verb, String model) {
        return new ClientAction(this, verb, model);
    }

    /** A process that holds one or more of them. */
    enum Program {
        NODE,
        PYTHON,
        OPENAI_JAVA,
        LANGCHAIN4J,
        SPRING_AI,
        AZURE_OPENAI;

        /** Returns the command that starts it, but for its arguments. */
        List<String> command() {
            return switch (this) {
                case NODE -> Peers.nodeProgram("actions.mjs");
                case PYTHON -> Peers.pythonProgram("python", "actions.py");
                case OPENAI_JAVA -> Peers.javaProgram("openai-java", "OpenAiJava.java");
                case LANGCHAIN4J -> Peers.javaProgram("langchain4j", "LangChain4j.java");
                case SPRING_AI -> Peers.javaProgram("spring-ai", "SpringAi.java");
                case AZURE_OPENAI -> Peers.javaProgram("azure-openai", "AzureOpenAi.java");
            };
        }
    }
}
