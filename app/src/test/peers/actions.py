"""Does with Python's clients what it is told: python actions.py ROOT_URL CLIENT/VERB/MODEL...

All run at once; each prints one JSON line when it is over. ClientAction.java knows the clients, verbs and lines.
"""

import json
import sys
import threading
import time

import openai

MESSAGES = [{"role": "user", "content": "Tell me a story."}]
TEXTS = ["hello", "a second text"]
output = threading.Lock()

root, *actions = sys.argv[1:]
clients = {
    "python-openai": openai.OpenAI(base_url=f"{root}/v1", api_key="unused"),
    "python-azure": openai.AzureOpenAI(azure_endpoint=root, api_key="unused", api_version="2024-10-21"),
}


def chat(client, model, seen):
    answer = client.chat.completions.create(model=model, messages=MESSAGES)
    seen["text"] = answer.choices[0].message.content


def embed(client, model, seen):
    seen["vectors"] = [one.embedding for one in client.embeddings.create(model=model, input=TEXTS).data]


def stream(client, model, seen, enough=lambda seen: False):
    seen["text"] = ""
    with client.chat.completions.create(
        model=model, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    ) as chunks:
        for chunk in chunks:
            seen["model"] = chunk.model
            if chunk.usage:
                seen["tokens"] = chunk.usage.completion_tokens
            for choice in chunk.choices:
                seen["finish"] = choice.finish_reason or seen.get("finish")
                if choice.delta.content:
                    seen["pieces"] += 1
                    seen["text"] += choice.delta.content
            if enough(seen):
                return


def cancel(client, model, seen):
    """Stops listening after the first piece, as a user who has seen enough."""

    def enough(seen):
        seen["cancelledAtMillis"] = int(time.time() * 1000)
        return seen["pieces"] > 0

    stream(client, model, seen, enough)


VERBS = {"chat": chat, "embed": embed, "stream": stream, "cancel": cancel}


def act(action):
    client, verb, model = action.split("/")
    seen = {"action": action, "pieces": 0}
    try:
        VERBS[verb](clients[client], model, seen)
    except Exception as e:
        seen["error"] = str(e)
        seen["errorType"] = type(e).__name__
    with output:
        print(json.dumps(seen), flush=True)


for action in actions:
    threading.Thread(target=act, args=(action,), daemon=True).start()
# Lives until its input ends, so that nobody takes the end of the process for a cancelled stream.
sys.stdin.read()
