#!/usr/bin/env python3
"""Reads a policy's folder as Hugging Face stores it, and writes its logits: the policy in plain PyTorch, in float64.

    /usr/bin/python3 scripts/pytorch_logits.py FOLDER ROWS.json OUT.safetensors

FOLDER holds config.json and model.safetensors; ROWS.json is a list of rows of token ids. OUT holds a tensor for each
row, "0", "1" and so on: [tokens, vocabulary], as float32. Needs torch only (1.13 or later).
"""

import json
import struct
import sys
from pathlib import Path

import torch
from pytorch_fixtures import forward, parameter_shapes, write_safetensors


def read_safetensors(path):
    blob = path.read_bytes()
    (length,) = struct.unpack('<Q', blob[:8])
    header = json.loads(blob[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == '__metadata__':
            continue
        assert entry['dtype'] == 'F32', f'{name} is {entry["dtype"]}'
        begin, end = (8 + length + offset for offset in entry['data_offsets'])
        tensors[name] = torch.frombuffer(bytearray(blob[begin:end]), dtype=torch.float32).view(entry['shape']).double()
    return tensors


def main(folder, rows, out):
    config = json.loads((folder / 'config.json').read_text())
    assert config['architectures'] == ['Qwen2ForCausalLM'] and config['rms_norm_eps'] == 1e-6, config
    c = {
        'layers': config['num_hidden_layers'], 'width': config['hidden_size'], 'heads': config['num_attention_heads'],
        'kv': config['num_key_value_heads'], 'head': config['head_dim'], 'mlp': config['intermediate_size'],
        'vocab': config['vocab_size'], 'tied': config['tie_word_embeddings'], 'theta': config['rope_theta'],
    }
    w = read_safetensors(folder / 'model.safetensors')
    assert {name: tuple(tensor.shape) for name, tensor in w.items()} == parameter_shapes(c), sorted(w)
    write_safetensors(out, {str(row): forward(c, w, torch.tensor(ids)) for row, ids in enumerate(rows)})


if __name__ == '__main__':
    main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3]))
