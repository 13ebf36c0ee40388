"""Writes the reference of EfficientNet-Lite0 for the tests: weights from a formula that the tests compute too, and what plain
numpy makes of one picture of 40 x 36 pixels in double precision.

The network is written here from its description (Tan and Le, 2019; TensorFlow's "lite" variant), so that it shares nothing with
the program. Usage: efficientnet_lite0.py FOLDER
"""

import json
import struct
import sys

import numpy as np

STAGES = [(1, 1, 16, 3, 1), (2, 6, 24, 3, 2), (2, 6, 40, 5, 2), (3, 6, 80, 3, 2), (3, 6, 112, 5, 1), (4, 6, 192, 5, 2),
          (1, 6, 320, 3, 1)]


def shapes():
    def norm(name, width):
        return [(f"{name}.{part}", (width,)) for part in ("weight", "bias", "running_mean", "running_var")]

    listed = [("_conv_stem.weight", (32, 3, 3, 3))] + norm("_bn0", 32)
    width, number = 32, 0
    for repeats, widening, outputs, kernel, _ in STAGES:
        for _ in range(repeats):
            start, hidden = f"_blocks.{number}.", width * widening
            if widening > 1:
                listed += [(start + "_expand_conv.weight", (hidden, width, 1, 1))] + norm(start + "_bn0", hidden)
            listed += [(start + "_depthwise_conv.weight", (hidden, 1, kernel, kernel))] + norm(start + "_bn1", hidden)
            listed += [(start + "_project_conv.weight", (outputs, hidden, 1, 1))] + norm(start + "_bn2", outputs)
            width, number = outputs, number + 1
    listed += [("_conv_head.weight", (1280, width, 1, 1))] + norm("_bn1", 1280)
    return dict(listed + [("_fc.weight", (1000, 1280)), ("_fc.bias", (1000,))])


def numbers(seed, count):
    """Numbers in 0...1 with 24 bits, from a hash of seed and index."""
    x = (np.arange(count, dtype=np.uint64) + np.uint64(seed * 1000003)) * np.uint64(2654435761) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(16)
    x = x * np.uint64(2246822519) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(13)
    return (x >> np.uint64(8)).astype(np.float64) / 2**24


def weights():
    made = {}
    for seed, (name, shape) in enumerate(sorted(shapes().items())):
        u = numbers(seed, int(np.prod(shape)))
        if name.endswith("running_var") or (len(shape) == 1 and name.endswith(".weight")):
            value = 0.5 + u
        elif len(shape) == 1:
            value = (2 * u - 1) * 0.25
        else:
            value = (2 * u - 1) * np.sqrt(6 / np.prod(shape[1:]))
        made[name] = value.astype(np.float32).astype(np.float64).reshape(shape)
    return made


def same(x, kernel, stride):
    pads = []
    for length in x.shape[1:]:
        missing = max(0, (-(-length // stride) - 1) * stride + kernel - length)
        pads.append((missing // 2, missing - missing // 2))
    return np.pad(x, [(0, 0)] + pads)


def convolve(x, weight, stride):
    outputs, inputs, kernel, _ = weight.shape
    is_depthwise = inputs == 1 and x.shape[0] > 1
    rows, columns = -(-x.shape[1] // stride), -(-x.shape[2] // stride)
    x, total = same(x, kernel, stride), 0
    for i in range(kernel):
        for j in range(kernel):
            part = x[:, i:i + stride * (rows - 1) + 1:stride, j:j + stride * (columns - 1) + 1:stride]
            tap = weight[:, :, i, j]
            total = total + (tap * part.reshape(outputs, -1) if is_depthwise else tap @ part.reshape(inputs, -1))
    return total.reshape(outputs, rows, columns)


def run(w, x):
    def norm(x, name):
        scale = w[name + ".weight"] / np.sqrt(w[name + ".running_var"] + 1e-3)
        return (x - w[name + ".running_mean"][:, None, None]) * scale[:, None, None] + w[name + ".bias"][:, None, None]

    def relu6(x):
        return np.clip(x, 0, 6)

    stages = {}
    x = stages["stem"] = relu6(norm(convolve(x, w["_conv_stem.weight"], 2), "_bn0"))
    number = 0
    for repeats, _, _, _, first_stride in STAGES:
        for index in range(repeats):
            start, stride, before = f"_blocks.{number}.", first_stride if index == 0 else 1, x
            if start + "_expand_conv.weight" in w:
                x = relu6(norm(convolve(x, w[start + "_expand_conv.weight"], 1), start + "_bn0"))
            x = relu6(norm(convolve(x, w[start + "_depthwise_conv.weight"], stride), start + "_bn1"))
            x = norm(convolve(x, w[start + "_project_conv.weight"], 1), start + "_bn2")
            if stride == 1 and before.shape == x.shape:
                x = x + before
            stages[f"block_{number}"] = x
            number += 1
    x = stages["head"] = relu6(norm(convolve(x, w["_conv_head.weight"], 1), "_bn1"))
    pooled = x.mean(axis=(1, 2))
    return stages, pooled, w["_fc.weight"] @ pooled + w["_fc.bias"]


def main(folder):
    picture = (2 * numbers(999, 3 * 40 * 36) - 1).astype(np.float32).astype(np.float64).reshape(3, 40, 36)
    stages, pooled, logits = run(weights(), picture)
    arrays = {name + "/channel_mean": value.mean(axis=(1, 2)) for name, value in stages.items()}
    arrays.update({name + "/corner": value[:8, :4, :4] for name, value in stages.items()})
    arrays.update({"pooled": pooled, "logits": logits})
    header, data = {}, b""
    for name, value in sorted(arrays.items()):
        part = np.ascontiguousarray(value, "<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(f"{folder}/outputs.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
    print({name: float(np.abs(value).max()) for name, value in stages.items()}, np.abs(pooled).max())


main(sys.argv[1])
