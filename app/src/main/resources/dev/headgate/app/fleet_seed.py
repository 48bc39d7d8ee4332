"""One process of the fleet that `bench fleet` measures: openai-priority-loadbalancer over httpx.

python fleet_seed.py URL=PRIORITY,URL=PRIORITY... PER_SECOND

It sends at a steady rate until standard input ends, as FleetMemberCommand does, and prints the same. The balancer keeps the port of
the URL that it is given, so all backends share one.
"""

import json
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
from openai_priority_loadbalancer import Backend, LoadBalancer

targets, per_second = sys.argv[1], int(sys.argv[2])
BODY = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
WARM_UP = 40
SENDERS = 16

urls = [target.rsplit("=", 1) for target in targets.split(",")]
backends = [Backend(httpx.URL(url).host, int(priority)) for url, priority in urls]
client = httpx.Client(transport=LoadBalancer(backends), base_url=urls[0][0], headers={"api-key": "unused"})
statuses, micros, broken, lock = Counter(), [], 0, threading.Lock()


def send():
    global broken
    begun = time.perf_counter()
    try:
        status = client.post("/v1/chat/completions", json=BODY).status_code
        with lock:
            statuses[status] += 1
            micros.append(int((time.perf_counter() - begun) * 1_000_000))
    except httpx.HTTPError:
        with lock:
            broken += 1


def quantile(share):
    return sorted(micros)[int(share * (len(micros) - 1))] if micros else 0


for _ in range(WARM_UP):
    send()
statuses.clear()
micros.clear()
print("ready", flush=True)
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
at = time.monotonic() + random.random() / per_second
with ThreadPoolExecutor(SENDERS) as senders:
    while not ended.wait(max(0.0, at - time.monotonic())):
        at += 1 / per_second
        senders.submit(send)
report = {"statuses": statuses, "broken": broken, "p50Micros": quantile(0.5), "p99Micros": quantile(0.99)}
print(json.dumps(report), flush=True)
