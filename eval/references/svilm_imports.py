"""Small random BERT, ViT, CLIP and VideoMAE weights under their published names, and what PyTorch computes with them.

usage: svilm_imports.py FOLDER [--base]    (writes FOLDER/*.safetensors and FOLDER/imports.json)

With --base the tensors have the sizes of BERT-base, ViT-B/16, CLIP ViT-B/16 and VideoMAE-B (2 GB in all), for the test that runs where
TAL_IMPORTS_AT_SIZE names the folder.

The reference for the vision models is what a video encoder without group tokens makes of the picture patches alone, with the exact
GELU and a LayerNorm epsilon of 1e-6: embedding, position, the layers, the last normalisation.
"""

import json
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(0)
folder, base_size = sys.argv[1], "--base" in sys.argv
WIDTH, HEADS, HIDDEN, LAYERS, PATCH, SIDE = (768, 12, 3072, 12, 16, 14) if base_size else (8, 2, 16, 2, 4, 2)
WORDS, POSITIONS = (30522, 512) if base_size else (12, 10)


def random(*shape):
    # So that values keep their size from layer to layer, whatever the width.
    return torch.randn(*shape) * 0.3 * (8 / WIDTH) ** 0.5


def norm():
    return {"weight": 1 + random(WIDTH), "bias": random(WIDTH)}


def attention(x, q, k, v, out, mask=None):
    def split(y):
        return y.view(*y.shape[:-1], HEADS, -1).transpose(-2, -3)
    qh, kh, vh = (split(F.linear(x, *p)) for p in (q, k, v))
    scores = qh @ kh.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5
    y = (torch.softmax(scores, -1) @ vh).transpose(-2, -3).reshape(x.shape)
    return F.linear(y, *out)


def layer_norm(x, p, eps):
    return F.layer_norm(x, (WIDTH,), p["weight"], p["bias"], eps)


cases = {}

# BERT
t = {
    "bert.embeddings.word_embeddings.weight": random(WORDS, WIDTH),
    "bert.embeddings.position_embeddings.weight": random(POSITIONS, WIDTH),
    "bert.embeddings.token_type_embeddings.weight": random(2, WIDTH),
    "bert.embeddings.LayerNorm.gamma": 1 + random(WIDTH),
    "bert.embeddings.LayerNorm.beta": random(WIDTH),
    "bert.pooler.dense.weight": random(WIDTH, WIDTH),
}
for n in range(LAYERS):
    base = f"bert.encoder.layer.{n}."
    for name, (o, i) in {
        "attention.self.query": (WIDTH, WIDTH), "attention.self.key": (WIDTH, WIDTH), "attention.self.value": (WIDTH, WIDTH),
        "attention.output.dense": (WIDTH, WIDTH), "intermediate.dense": (HIDDEN, WIDTH), "output.dense": (WIDTH, HIDDEN),
    }.items():
        t[base + name + ".weight"], t[base + name + ".bias"] = random(o, i), random(o)
    for name in ("attention.output.LayerNorm", "output.LayerNorm"):
        for key, value in norm().items():
            t[base + name + "." + key] = value
ids = torch.tensor([2, 5, 7, 11, 3])
x = t["bert.embeddings.word_embeddings.weight"][ids] + t["bert.embeddings.position_embeddings.weight"][: len(ids)]
x = x + t["bert.embeddings.token_type_embeddings.weight"][0]
x = F.layer_norm(x, (WIDTH,), t["bert.embeddings.LayerNorm.gamma"], t["bert.embeddings.LayerNorm.beta"], 1e-12)
for n in range(LAYERS):
    base = f"bert.encoder.layer.{n}."
    def p(name):
        return t[base + name + ".weight"], t[base + name + ".bias"]
    y = attention(x, *(p(f"attention.self.{k}") for k in ("query", "key", "value")), p("attention.output.dense"))
    x = F.layer_norm(x + y, (WIDTH,), *p("attention.output.LayerNorm"), 1e-12)
    y = F.linear(F.gelu(F.linear(x, *p("intermediate.dense"))), *p("output.dense"))
    x = F.layer_norm(x + y, (WIDTH,), *p("output.LayerNorm"), 1e-12)
save_file(t, f"{folder}/bert.safetensors")
cases["bert"] = {"ids": ids.tolist(), "hidden": x.flatten().tolist()}

# Vision: one set of values, saved under the names of each release.
patches = SIDE * SIDE
clip = torch.randint(0, 256, (2, SIDE * PATCH, SIDE * PATCH, 3))
frames = clip.float() / 255 * 2 - 1
for model in ("vit", "vit-timm", "clip", "clip-openai", "videomae", "videomae-transformers"):
    is_video = model.startswith("videomae")
    kernel = random(WIDTH, 3, 2, PATCH, PATCH) if is_video else random(WIDTH, 3, PATCH, PATCH)
    bias = None if model.startswith("clip") else random(WIDTH)
    position = random(1 + patches, WIDTH)
    layers = []
    for n in range(LAYERS):
        layers.append({
            "norm1": norm(), "norm2": norm(), "q": (random(WIDTH, WIDTH), random(WIDTH)),
            "k": (random(WIDTH, WIDTH), torch.zeros(WIDTH) if is_video else random(WIDTH)),
            "v": (random(WIDTH, WIDTH), random(WIDTH)), "out": (random(WIDTH, WIDTH), random(WIDTH)),
            "fc1": (random(HIDDEN, WIDTH), random(HIDDEN)), "fc2": (random(WIDTH, HIDDEN), random(WIDTH)),
        })
    last = norm()
    if is_video:
        x = F.conv3d(frames.permute(3, 0, 1, 2)[None], kernel, bias, stride=(2, PATCH, PATCH))[0, :, 0]
    else:
        x = F.conv2d(frames[1].permute(2, 0, 1)[None], kernel, bias, stride=PATCH)[0]
    x = x.flatten(1).T
    embedded = x
    if not is_video:
        x = x + position[1:]
    for p in layers:
        x = x + attention(layer_norm(x, p["norm1"], 1e-6), p["q"], p["k"], p["v"], p["out"])
        x = x + F.linear(F.gelu(F.linear(layer_norm(x, p["norm2"], 1e-6), *p["fc1"])), *p["fc2"])
    x = layer_norm(x, last, 1e-6)

    t = {}
    def put(name, pair):
        t[name + ".weight"] = pair[0]
        if pair[1] is not None:
            t[name + ".bias"] = pair[1]
    def put_norm(name, values):
        put(name, (values["weight"], values["bias"]))
    names = {
        "vit": ("vit.", "embeddings.patch_embeddings.projection", "embeddings.position_embeddings", "encoder.layer.{}.",
                "layernorm_before", "layernorm_after", "intermediate.dense", "output.dense", "attention.output.dense", "layernorm"),
        "vit-timm": ("", "patch_embed.proj", "pos_embed", "blocks.{}.", "norm1", "norm2", "mlp.fc1", "mlp.fc2", "attn.proj", "norm"),
        "videomae": ("", "patch_embed.proj", None, "blocks.{}.", "norm1", "norm2", "mlp.fc1", "mlp.fc2", "attn.proj", "fc_norm"),
        "videomae-transformers": ("videomae.", "embeddings.patch_embeddings.projection", None, "encoder.layer.{}.", "layernorm_before",
                                  "layernorm_after", "intermediate.dense", "output.dense", "attention.output.dense", "fc_norm"),
        "clip": ("vision_model.", "embeddings.patch_embedding", "embeddings.position_embedding.weight", "encoder.layers.{}.",
                 "layer_norm1", "layer_norm2", "mlp.fc1", "mlp.fc2", "self_attn.out_proj", "post_layernorm"),
        "clip-openai": ("visual.", "conv1", "positional_embedding", "transformer.resblocks.{}.", "ln_1", "ln_2", "mlp.c_fc",
                        "mlp.c_proj", "attn.out_proj", "ln_post"),
    }[model]
    prefix, patch, pos, layer, n1, n2, fc1, fc2, out, final = names
    put(prefix + patch, (kernel, bias))
    if pos:
        t[prefix + pos] = position if model.startswith("clip") else position[None]
    # The classifier of transformers keeps VideoMAE's last normalisation outside the encoder.
    put_norm(final if model == "videomae-transformers" else prefix + final, last)
    for n, p in enumerate(layers):
        base = prefix + layer.format(n)
        put_norm(base + n1, p["norm1"])
        put_norm(base + n2, p["norm2"])
        put(base + fc1, p["fc1"])
        put(base + fc2, p["fc2"])
        put(base + out, p["out"])
        weight = torch.cat([p[k][0] for k in "qkv"])
        biases = torch.cat([p[k][1] for k in "qkv"])
        if model == "vit":
            for key, name in zip("qkv", ("query", "key", "value")):
                put(f"{base}attention.attention.{name}", p[key])
        elif model == "clip":
            for key in "qkv":
                put(f"{base}self_attn.{key}_proj", p[key])
        elif model == "clip-openai":
            t[base + "attn.in_proj_weight"], t[base + "attn.in_proj_bias"] = weight, biases
        elif model == "videomae-transformers":
            for key, name in zip("qkv", ("query", "key", "value")):
                t[f"{base}attention.attention.{name}.weight"] = p[key][0]
            t[base + "attention.attention.q_bias"], t[base + "attention.attention.v_bias"] = p["q"][1], p["v"][1]
        elif is_video:
            t[base + "attn.qkv.weight"] = weight
            t[base + "attn.q_bias"], t[base + "attn.v_bias"] = p["q"][1], p["v"][1]
        else:
            t[base + "attn.qkv.weight"], t[base + "attn.qkv.bias"] = weight, biases
    # What has no place in a video encoder.
    t[prefix + "head.weight"] = random(3, WIDTH)
    if model == "clip":
        t[prefix + "embeddings.class_embedding"] = random(WIDTH)
        put_norm(prefix + "pre_layrnorm", norm())
    elif model == "clip-openai":
        t[prefix + "class_embedding"] = random(WIDTH)
        put_norm(prefix + "ln_pre", norm())
    elif model in ("vit", "vit-timm"):
        t[prefix + ("embeddings.cls_token" if model == "vit" else "cls_token")] = random(1, 1, WIDTH)
    save_file({k: v.contiguous() for k, v in t.items()}, f"{folder}/{model}.safetensors")
    cases[model] = {"pixels": clip.flatten().tolist(), "embedded": embedded.flatten().tolist(), "hidden": x.flatten().tolist()}

json.dump(cases, open(f"{folder}/imports.json", "w"))
