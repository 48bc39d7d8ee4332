"""Asks at a steady rate through a balancer, half of the answers as streams.

python balanced.py headgate URL REQUESTS PER_SECOND MODEL...
python balanced.py seed HOST:PORT=PRIORITY,HOST:PORT=PRIORITY... REQUESTS PER_SECOND MODEL...

The models are asked one after the other. The seed is openai-priority-loadbalancer; it keeps the port of the URL it is given, so all backends must share one. The
retries of openai itself are off: each balancer answers for what it alone can do. SeedComparison.java reads what is printed.
"""

import json
import sys
import threading
import time

import httpx
import openai
from openai_priority_loadbalancer import Backend, LoadBalancer

balancer, target, requests, per_second, *models = sys.argv[1:]
MESSAGES = [{"role": "user", "content": "Tell me a story."}]


def headgate():
    return client(target, httpx.Client())


def seed():
    backends = []
    for backend in target.split(","):
        address, priority = backend.split("=")
        host, port = address.split(":")
        backends.append(Backend(host, int(priority)))
    return client(f"http://{backends[0].host}:{port}", httpx.Client(transport=LoadBalancer(backends)))


def client(endpoint, http_client):
    return openai.AzureOpenAI(
        azure_endpoint=endpoint,
        api_key="unused",
        api_version="2024-10-21",
        http_client=http_client,
        max_retries=0,
    )


def ask(asked, model, streams, result):
    begun = time.perf_counter()
    try:
        if streams:
            text = ""
            for chunk in asked.chat.completions.create(model=model, messages=MESSAGES, stream=True):
                if "firstMillis" not in result:
                    result["firstMillis"] = (time.perf_counter() - begun) * 1000
                for choice in chunk.choices:
                    text += choice.delta.content or ""
        else:
            text = asked.chat.completions.create(model=model, messages=MESSAGES).choices[0].message.content
        result["text"] = text
    except Exception as e:
        result["error"] = type(e).__name__


def steadily(model):
    """Sends one request after the other, each at its time, whether or not those before have been answered."""
    asked = {"headgate": headgate, "seed": seed}[balancer]()
    results = [{} for _ in range(int(requests))]
    threads = []
    begun = time.perf_counter()
    for i, result in enumerate(results):
        time.sleep(max(0, begun + i / float(per_second) - time.perf_counter()))
        threads.append(threading.Thread(target=ask, args=(asked, model, i % 2 == 0, result)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return results


print(json.dumps({model: steadily(model) for model in models}))
