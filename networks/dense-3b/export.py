"""Kernel `dense-3b`: one 1x1 convolution whose operands are never zero, its input, and inputs with zeros.

Signed 3-bit features and weights, evenly spread over -4 to 3 but 0. In the first 16 channels their magnitudes run through all
16 pairs of {1, 2, 3, 4}, so every dot product of 128 has entries in each of the 10 classes of unordered magnitude pairs and in
each of the 9 pairs of bit planes.
Of the other inputs 50, 80 and 95% are zeros, the same ones and more each time.
usage: export.py (writes dense-3b.onnx and zeros-*-idx4-byte.gz beside itself)
"""
import gzip
import pathlib
import struct

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

QUANT_DOMAIN = "qonnx.custom_op.general"
CHANNELS, OUTPUTS, SIZE, BITS = 128, 128, 32, 3
ZEROS = (0, 50, 80, 95)  # percent
HERE = pathlib.Path(__file__).parent


def signed(magnitudes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return np.where(magnitudes == 4, -1, random.choice((-1, 1), magnitudes.shape)) * magnitudes


def operands() -> tuple[np.ndarray, np.ndarray]:
    """Features [1, CHANNELS, SIZE, SIZE] and weights [OUTPUTS, CHANNELS, 1, 1]."""
    random, channel = np.random.default_rng(1), np.arange(CHANNELS)
    values = np.array([-4, -3, -2, -1, 1, 2, 3])
    is_fixed = (channel < 16)[None, :, None, None]
    features = random.choice(values, (1, CHANNELS, SIZE, SIZE))
    weights = random.choice(values, (OUTPUTS, CHANNELS, 1, 1))
    fixed_features = np.broadcast_to((1 + channel % 4)[None, :, None, None], features.shape)
    fixed_weights = np.broadcast_to((1 + channel // 4 % 4)[None, :, None, None], weights.shape)
    return (np.where(is_fixed, signed(fixed_features, random), features),
            np.where(is_fixed, signed(fixed_weights, random), weights))


def write_idx(path: pathlib.Path, values: np.ndarray) -> None:
    header = bytes((0, 0, 9, values.ndim)) + struct.pack(f">{values.ndim}I", *values.shape)  # 9: signed bytes
    path.write_bytes(gzip.compress(header + values.astype(np.int8).tobytes(), mtime=0))


def model(weights: np.ndarray) -> onnx.ModelProto:
    constants, nodes = [], []

    def constant(name: str, value) -> str:
        constants.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def quant(x: str, output: str, bits: int, scale: float) -> str:
        inputs = [x, constant(output + ".scale", scale), constant(output + ".zeropt", 0), constant(output + ".bits", bits)]
        nodes.append(helper.make_node("Quant", inputs, [output], name=output, domain=QUANT_DOMAIN, signed=1, narrow=0,
                                      rounding_mode="ROUND"))
        return output

    x = quant("features", "features.quant", BITS, 1)
    w = quant(constant("conv.weight", weights), "conv.weight.quant", BITS, 1)
    nodes.append(helper.make_node("Conv", [x, w], ["conv"], name="conv", kernel_shape=[1, 1], strides=[1, 1], pads=[0] * 4,
                                  group=1, dilations=[1, 1]))
    quant("conv", "conv.out", 8, 8)
    shape = [1, CHANNELS, SIZE, SIZE]
    graph = helper.make_graph(nodes, "dense-3b", [helper.make_tensor_value_info("features", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info("conv.out", TensorProto.FLOAT, [1, OUTPUTS, SIZE, SIZE])], constants)
    return helper.make_model(graph, producer_name="cairn networks/dense-3b/export.py", opset_imports=[
        helper.make_opsetid("", 13), helper.make_opsetid(QUANT_DOMAIN, 1)])


if __name__ == "__main__":
    features, weights = operands()
    onnx.save(model(weights), str(HERE / "dense-3b.onnx"))
    order = np.random.default_rng(2).random(features.shape)
    for percent in ZEROS:
        write_idx(HERE / f"zeros-{percent}-idx4-byte.gz", np.where(order < percent / 100, 0, features))
