"""Random weights for configs/encoders/svilm-base.yaml, to the path given."""
import sys

import numpy
from safetensors.numpy import save_file

WIDTH, HIDDEN, DEPTH, GROUPS, COMMON = 768, 3072, 12, 32, 256
generator = numpy.random.default_rng(0)
weights = {}


def normal(name, *shape):
    weights[name] = (0.02 * generator.standard_normal(shape)).astype(numpy.float32)


def linear(name, inputs, outputs):
    normal(f"{name}.weight", outputs, inputs)
    normal(f"{name}.bias", outputs)


def norm(name):
    weights[f"{name}.weight"] = numpy.ones(WIDTH, numpy.float32)
    weights[f"{name}.bias"] = numpy.zeros(WIDTH, numpy.float32)


def feed_forward(name):
    norm(f"{name}_norm")
    linear(f"{name}.expand", WIDTH, HIDDEN)
    linear(f"{name}.contract", HIDDEN, WIDTH)


linear("tubelet_embedding", 2 * 16 * 16 * 3, WIDTH)
normal("position.time", 8, WIDTH)
normal("position.space", 14 * 14, WIDTH)
normal("group_tokens", GROUPS, WIDTH)
for index in range(DEPTH):
    norm(f"blocks.{index}.attention_norm")
    for part in ("query", "key", "value", "projection"):
        linear(f"blocks.{index}.attention.{part}", WIDTH, WIDTH)
    feed_forward(f"blocks.{index}.feed_forward")
for index in range(3):
    norm(f"grouping.{index}.group_norm")
    norm(f"grouping.{index}.token_norm")
    for part in ("query", "key", "value", "projection"):
        linear(f"grouping.{index}.{part}", WIDTH, WIDTH)
    feed_forward(f"grouping.{index}.feed_forward")
norm("norm")
for part in ("clip", "group", "global"):
    linear(f"{part}_projection", WIDTH, COMMON)
save_file(weights, sys.argv[1])
