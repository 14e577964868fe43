#!/usr/bin/env python3
"""Writes the fixtures that the engines are compared with: the policy in plain PyTorch, in float64.

    /usr/bin/python3 scripts/pytorch_fixtures.py [OUT]        (default: src/reference/fixtures)

Needs torch only (1.13 or later). Each fixture is a folder:
    config.json, model.safetensors    a policy as Hugging Face stores it (Qwen2)
    batch.json                        packed rows: ids, rowStart, tau, coef; and the optimiser's options and norms
    expected.safetensors              logp1, logpTau, entropyNats; gradient.NAME of sum coef * logpTau;
                                      and after three AdamW steps: adamw.NAME, firstMoment.NAME, secondMoment.NAME
Computed in float64 from float32 parameters, stored as float32. The same numbers on every machine up to rounding:
parameters and batches come from Python's own generator.
"""

import json
import math
import random
import struct
import sys
from pathlib import Path

import torch

STEPS = 3
ADAMW = {'learningRate': 0.02, 'beta1': 0.9, 'beta2': 0.98, 'epsilon': 1e-8, 'weightDecay': 0.1, 'clipNorm': 1.0}

# grouped: four layers, three query heads to a key/value head, tied. untied: a head width of its own (4 * 6 != 20).
FIXTURES = {
    'grouped': dict(layers=4, width=48, heads=6, kv=2, head=8, mlp=72, vocab=40, tied=True, theta=10000.0,
                    rows=[24, 1, 7, 2, 17], adamw=False),
    'untied': dict(layers=2, width=20, heads=4, kv=2, head=6, mlp=28, vocab=23, tied=False, theta=500.0,
                   rows=[9, 2, 13], adamw=True),
}


def parameter_shapes(c):
    q, kv = c['heads'] * c['head'], c['kv'] * c['head']
    shapes = {'model.embed_tokens.weight': (c['vocab'], c['width'])}
    for layer in range(c['layers']):
        p = f'model.layers.{layer}.'
        shapes.update({
            p + 'input_layernorm.weight': (c['width'],),
            p + 'self_attn.q_proj.weight': (q, c['width']), p + 'self_attn.q_proj.bias': (q,),
            p + 'self_attn.k_proj.weight': (kv, c['width']), p + 'self_attn.k_proj.bias': (kv,),
            p + 'self_attn.v_proj.weight': (kv, c['width']), p + 'self_attn.v_proj.bias': (kv,),
            p + 'self_attn.o_proj.weight': (c['width'], q),
            p + 'post_attention_layernorm.weight': (c['width'],),
            p + 'mlp.gate_proj.weight': (c['mlp'], c['width']),
            p + 'mlp.up_proj.weight': (c['mlp'], c['width']),
            p + 'mlp.down_proj.weight': (c['width'], c['mlp']),
        })
    shapes['model.norm.weight'] = (c['width'],)
    if not c['tied']:
        shapes['lm_head.weight'] = (c['vocab'], c['width'])
    return shapes


def random_parameters(c, generator):
    """Weights of size 1 / sqrt(in), gains about 1 and biases far from 0: nothing is small enough to hide a mistake."""
    parameters = {}
    for name, shape in parameter_shapes(c).items():
        noise = torch.tensor([generator.gauss(0, 1) for _ in range(math.prod(shape))], dtype=torch.float64)
        noise = noise.reshape(shape)
        if 'norm' in name:
            value = 1 + 0.3 * noise
        elif len(shape) == 1:
            value = 0.5 * noise
        elif 'embed' in name:
            value = 0.7 * noise
        else:
            value = noise / math.sqrt(shape[1])
        parameters[name] = value.float().double()
    return parameters


def random_batch(c, generator):
    """Ragged rows; temperatures and coefficients that float32 holds exactly, coefficients of both signs."""
    n = sum(c['rows'])
    starts = [0]
    for length in c['rows']:
        starts.append(starts[-1] + length)
    return {
        'ids': [generator.randrange(c['vocab']) for _ in range(n)],
        'rowStart': starts,
        'tau': [generator.choice([0.5, 0.75, 1.0, 1.25, 1.5, 2.0]) for _ in range(n)],
        'coef': [generator.randrange(-64, 65) / 64 for _ in range(n)],
    }


def rms_norm(x, gain, epsilon=1e-6):
    return gain * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon)


def rotary(x, theta):
    """x [heads, T, D]; Hugging Face's convention: x * cos + rotate_half(x) * sin."""
    steps, width = x.shape[-2:]
    frequencies = 1.0 / theta ** (torch.arange(0, width, 2, dtype=torch.float64) / width)
    angles = torch.outer(torch.arange(steps, dtype=torch.float64), frequencies)
    angles = torch.cat([angles, angles], dim=-1)
    first, second = x[..., : width // 2], x[..., width // 2 :]
    return x * angles.cos() + torch.cat([-second, first], dim=-1) * angles.sin()


def forward(c, w, ids):
    """Logits [T, V] of one row."""
    steps = len(ids)
    x = w['model.embed_tokens.weight'][ids]
    mask = torch.full((steps, steps), float('-inf'), dtype=torch.float64).triu(1)

    def heads(y, count):
        return y.view(steps, count, c['head']).transpose(0, 1)

    for layer in range(c['layers']):
        p = f'model.layers.{layer}.'

        def linear(name, y):
            return torch.nn.functional.linear(y, w[p + name + '.weight'], w.get(p + name + '.bias'))

        n = rms_norm(x, w[p + 'input_layernorm.weight'])
        q = rotary(heads(linear('self_attn.q_proj', n), c['heads']), c['theta'])
        k = rotary(heads(linear('self_attn.k_proj', n), c['kv']), c['theta'])
        v = heads(linear('self_attn.v_proj', n), c['kv'])
        share = c['heads'] // c['kv']
        k, v = k.repeat_interleave(share, dim=0), v.repeat_interleave(share, dim=0)
        attention = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(c['head']) + mask, dim=-1)
        x = x + linear('self_attn.o_proj', (attention @ v).transpose(0, 1).reshape(steps, -1))
        m = rms_norm(x, w[p + 'post_attention_layernorm.weight'])
        hidden = torch.nn.functional.silu(linear('mlp.gate_proj', m)) * linear('mlp.up_proj', m)
        x = x + linear('mlp.down_proj', hidden)
    head = w['model.embed_tokens.weight'] if c['tied'] else w['lm_head.weight']
    return rms_norm(x, w['model.norm.weight']) @ head.T


def scores(c, w, batch):
    """logp1, logpTau and entropy of every token given those before it; 0 at each row's first token."""
    columns = {'logp1': [], 'logpTau': [], 'entropyNats': []}
    for start, end in zip(batch['rowStart'], batch['rowStart'][1:]):
        ids = torch.tensor(batch['ids'][start:end])
        tau = torch.tensor(batch['tau'][start:end], dtype=torch.float64)
        logits = forward(c, w, ids)[:-1]
        targets = ids[1:, None]
        logp = torch.log_softmax(logits, dim=-1)
        zero = torch.zeros(1, dtype=torch.float64)
        columns['logp1'] += [zero, logp.gather(1, targets)[:, 0]]
        columns['logpTau'] += [zero, torch.log_softmax(logits / tau[1:, None], dim=-1).gather(1, targets)[:, 0]]
        columns['entropyNats'] += [zero, -(logp.exp() * logp).sum(-1)]
    return {name: torch.cat(parts) for name, parts in columns.items()}


def loss(c, w, batch):
    return (torch.tensor(batch['coef'], dtype=torch.float64) * scores(c, w, batch)['logpTau']).sum()


def train(c, parameters, batch):
    """Three steps of torch.optim.AdamW down the loss: the tensors after them, and the norm before each clip."""
    w = {name: p.clone().requires_grad_() for name, p in parameters.items()}
    matrices = [p for p in w.values() if p.dim() > 1]
    vectors = [p for p in w.values() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{'params': matrices, 'weight_decay': ADAMW['weightDecay']}, {'params': vectors, 'weight_decay': 0.0}],
        lr=ADAMW['learningRate'], betas=(ADAMW['beta1'], ADAMW['beta2']), eps=ADAMW['epsilon'])
    norms = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(c, w, batch).backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(w.values(), ADAMW['clipNorm'])))
        optimizer.step()
    tensors = {}
    for name, p in w.items():
        tensors['adamw.' + name] = p.detach()
        tensors['firstMoment.' + name] = optimizer.state[p]['exp_avg']
        tensors['secondMoment.' + name] = optimizer.state[p]['exp_avg_sq']
    return tensors, norms


def hugging_face_config(c):
    return {
        'architectures': ['Qwen2ForCausalLM'], 'model_type': 'qwen2', 'num_hidden_layers': c['layers'],
        'hidden_size': c['width'], 'num_attention_heads': c['heads'], 'num_key_value_heads': c['kv'],
        'head_dim': c['head'], 'intermediate_size': c['mlp'], 'vocab_size': c['vocab'],
        'tie_word_embeddings': c['tied'], 'rope_theta': c['theta'], 'rms_norm_eps': 1e-6,
        'max_position_embeddings': 64, 'hidden_act': 'silu', 'torch_dtype': 'float32',
    }


def write_safetensors(path, tensors):
    header, blobs, offset = {'__metadata__': {'format': 'pt'}}, [], 0
    for name, tensor in tensors.items():
        values = tensor.detach().flatten().tolist()
        blob = struct.pack(f'<{len(values)}f', *values)
        header[name] = {'dtype': 'F32', 'shape': list(tensor.shape), 'data_offsets': [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    path.write_bytes(struct.pack('<Q', len(text)) + text + b''.join(blobs))


def write_json(path, value):
    path.write_text(json.dumps(value) + '\n')


def main(out):
    for number, (name, c) in enumerate(FIXTURES.items()):
        generator = random.Random(2510_08892 + number)
        parameters = random_parameters(c, generator)
        batch = random_batch(c, generator)
        w = {key: p.clone().requires_grad_() for key, p in parameters.items()}
        expected = scores(c, w, batch)
        loss(c, w, batch).backward()
        expected.update({'gradient.' + key: p.grad for key, p in w.items()})
        if c['adamw']:
            tensors, batch['gradNorms'] = train(c, parameters, batch)
            batch['adamw'] = ADAMW
            expected.update(tensors)
        folder = Path(out) / name
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / 'config.json', hugging_face_config(c))
        write_json(folder / 'batch.json', batch)
        write_safetensors(folder / 'model.safetensors', parameters)
        write_safetensors(folder / 'expected.safetensors', expected)
        print(f'{folder}: {sum(p.numel() for p in parameters.values())} parameters, {len(batch["ids"])} tokens')


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / 'src' / 'reference' / 'fixtures')
