"""What Python's openai makes of a server: python embeddings.py BASE_URL FULL_BASE_URL MODEL

FULL_BASE_URL is that of a server whose queue is full. EmbeddingsSeen.java reads what is printed.
"""

import json
import sys

import openai

base_url, full_url, model = sys.argv[1:]
client = openai.OpenAI(base_url=base_url, api_key="unused")
full = openai.OpenAI(base_url=full_url, api_key="unused", max_retries=0)


def failure(client, **request):
    try:
        client.embeddings.create(**request)
        return {"type": "none"}
    except openai.APIStatusError as e:
        return {
            "type": type(e).__name__,
            "status": e.status_code,
            "message": e.message,
            "code": e.code,
            "retryAfter": e.response.headers.get("retry-after"),
        }


def create(text, **more):
    return client.embeddings.create(model=model, input=text, **more)


plain = create("hello")
array = create(["hello", "a second text", "你好 🚀"])
print(
    json.dumps(
        {
            "plain": plain.data[0].embedding,
            "float": create("hello", encoding_format="float").data[0].embedding,
            "base64": create("hello", encoding_format="base64").data[0].embedding,
            "array": [one.embedding for one in array.data],
            "promptTokens": plain.usage.prompt_tokens,
            "arrayTokens": array.usage.total_tokens,
            "unknownModel": failure(client, model="no-such-model", input="hello"),
            "emptyText": failure(client, model=model, input=""),
            "queueFull": failure(full, model=model, input="hello"),
        }
    )
)
