"""Prints reference vectors as JSON, one array per text, computed one text at a time.

usage: reference_vectors.py MODEL.onnx TOKENIZER.json mean|first MAX_TOKENS < texts.json

It shares nothing with the worker but the model's files: it reads tokenizer.json with Hugging Face's Python package,
cuts, pools and normalises by itself.
"""

import json
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer


def cut(ids, max_tokens):
    return ids if len(ids) <= max_tokens else ids[: max_tokens - 1] + ids[-1:]


def embed(session, ids, pooling):
    feeds = {
        "input_ids": np.array([ids], dtype=np.int64),
        "attention_mask": np.ones((1, len(ids)), dtype=np.int64),
        "token_type_ids": np.zeros((1, len(ids)), dtype=np.int64),
    }
    names = {node.name for node in session.get_inputs()}
    hidden = session.run(["last_hidden_state"], {k: v for k, v in feeds.items() if k in names})[0][0]
    vector = hidden.astype(np.float64).mean(axis=0) if pooling == "mean" else hidden[0].astype(np.float64)
    return vector / np.sqrt((vector * vector).sum())


def main():
    model, tokenizer_json, pooling, max_tokens = sys.argv[1:]
    tokenizer = Tokenizer.from_file(tokenizer_json)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    vectors, counts = [], []
    for text in json.load(sys.stdin):
        ids = cut(tokenizer.encode(text).ids, int(max_tokens))
        counts.append(len(ids))
        vectors.append(embed(session, ids, pooling).tolist())
    json.dump({"tokens": counts, "vectors": vectors}, sys.stdout)


if __name__ == "__main__":
    main()
