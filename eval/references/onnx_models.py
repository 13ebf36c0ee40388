"""Writes the small ONNX models of the tests and what they compute, in double precision by plain numpy.

- clips.onnx: `pixels` [batch, 3, 4, 10, 12] through a convolution over space and time and ReLU to `maps` [batch, 5, 2, 5, 6]; and their
  mean, `mean` [batch, 5]
- frames.onnx: `picture` [1, 8, 9, 3] to `vector` [1, 6], a linear layer of the mean colour of the picture
- tokens.onnx, tokens.bin: `picture` [1, 3, 4, 4] to `tokens` [1, 16, 4]; weights lie in the other file
- two_inputs.onnx: the sum of `a` and `b`

Usage: onnx_models.py FOLDER (needs the packages onnx and numpy)
"""

import json
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


def numbers(seed, shape):
    """The numbers of efficientnet_lite0.py, from -1 to 1."""
    count = int(np.prod(shape))
    x = (np.arange(count, dtype=np.uint64) + np.uint64(seed * 1000003)) * np.uint64(2654435761) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(16)
    x = x * np.uint64(2246822519) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(13)
    return (2 * ((x >> np.uint64(8)).astype(np.float64) / 2**24) - 1).astype(np.float32).reshape(shape)


def save(folder, name, nodes, inputs, outputs, weights, **options):
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info(*port) for port in inputs],
        [helper.make_tensor_value_info(*port) for port in outputs],
        [numpy_helper.from_array(value, key) for key, value in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save_model(model, f"{folder}/{name}.onnx", **options)


def convolved(x, weight, bias):
    """Stride 2, padding 1, in all three axes."""
    x = np.pad(x, [(0, 0), (1, 1), (1, 1), (1, 1)])
    sizes = [(length - 3) // 2 + 1 for length in x.shape[1:]]
    total = np.zeros([weight.shape[0]] + sizes) + bias[:, None, None, None]
    for t, i, j in np.ndindex(3, 3, 3):
        part = x[:, t:t + 2 * sizes[0] - 1:2, i:i + 2 * sizes[1] - 1:2, j:j + 2 * sizes[2] - 1:2]
        total += np.einsum("oc,cthw->othw", weight[:, :, t, i, j].astype(np.float64), part)
    return np.maximum(total, 0)


def main(folder):
    kernel, bias = numbers(1, (5, 3, 3, 3, 3)), numbers(2, (5,))
    save(folder, "clips", [
        helper.make_node("Conv", ["pixels", "kernel", "bias"], ["sums"], strides=[2, 2, 2], pads=[1] * 6),
        helper.make_node("Relu", ["sums"], ["maps"]),
        helper.make_node("ReduceMean", ["maps"], ["mean"], axes=[2, 3, 4], keepdims=0),
    ], [("pixels", FLOAT, ["batch", 3, 4, 10, 12])],
        [("maps", FLOAT, ["batch", 5, 2, 5, 6]), ("mean", FLOAT, ["batch", 5])], {"kernel": kernel, "bias": bias})
    clip = numbers(3, (4, 10, 12, 3)).astype(np.float64)
    maps = convolved(clip.transpose(3, 0, 1, 2), kernel, bias)

    matrix = numbers(4, (3, 6))
    save(folder, "frames", [
        helper.make_node("ReduceMean", ["picture"], ["colour"], axes=[1, 2], keepdims=0),
        helper.make_node("MatMul", ["colour", "matrix"], ["vector"]),
    ], [("picture", FLOAT, [1, 8, 9, 3])], [("vector", FLOAT, [1, 6])], {"matrix": matrix})
    frames = numbers(5, (2, 8, 9, 3)).astype(np.float64)

    columns = numbers(6, (3, 4))
    save(folder, "tokens", [
        helper.make_node("Reshape", ["picture", "flat"], ["channels"]),
        helper.make_node("Transpose", ["channels"], ["pixels"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["pixels", "columns"], ["tokens"]),
    ], [("picture", FLOAT, [1, 3, 4, 4])], [("tokens", FLOAT, [1, 16, 4])],
        {"flat": np.array([1, 3, 16], np.int64), "columns": columns}, save_as_external_data=True, location="tokens.bin",
        size_threshold=70, convert_attribute=False)
    picture = numbers(7, (4, 4, 3)).astype(np.float64)

    save(folder, "two_inputs", [helper.make_node("Add", ["a", "b"], ["sum"])],
         [("a", FLOAT, [1, 3, 4, 4]), ("b", FLOAT, [1, 3, 4, 4])], [("sum", FLOAT, [1, 3, 4, 4])], {})

    expected = {
        "clips": {"mean": maps.mean(axis=(1, 2, 3)).tolist(), "max": maps.max(axis=(1, 2, 3)).tolist()},
        "frames": (frames.mean(axis=(1, 2)) @ matrix).tolist(),
        "tokens": {"first": (picture[0, 0] @ columns).tolist(), "mean": (picture.mean(axis=(0, 1)) @ columns).tolist()},
    }
    with open(f"{folder}/expected.json", "w") as file:
        json.dump(expected, file, indent=1)
        file.write("\n")


main(sys.argv[1])
