"""The kernels `dense-3b` and `dense-2b`: 1x1 convolutions for the published figures of `ec` and `cap`, and their inputs.

dense-3b: 128 to 128 channels, signed 3-bit features and weights, evenly spread over -4 to 3 but 0. In the first 16 channels their
magnitudes run through all 16 pairs of {1, 2, 3, 4}, so every dot product of 128 has entries in each of the 10 classes of unordered
magnitude pairs and in each of the 9 pairs of bit planes. Of its other inputs 50, 80 and 95% are zeros, the same ones and more each time.

dense-2b: 128 to 32 channels, unsigned 3-bit features and 2-bit weights of all values, which fill one plane of 64 rows x 128 columns.
usage: export.py (writes into ../dense-3b and ../dense-2b)
"""
import gzip
import pathlib
import struct

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

QUANT_DOMAIN = "qonnx.custom_op.general"
CHANNELS, SIZE, FEATURE_BITS = 128, 32, 3
ZEROS = (0, 50, 80, 95)  # percent
NETWORKS = pathlib.Path(__file__).parents[1]


def signed(magnitudes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return np.where(magnitudes == 4, -1, random.choice((-1, 1), magnitudes.shape)) * magnitudes


def dense_3b() -> tuple[np.ndarray, np.ndarray]:
    """Features [1, CHANNELS, SIZE, SIZE] and weights [128, CHANNELS, 1, 1]."""
    random, channel = np.random.default_rng(1), np.arange(CHANNELS)
    values = np.array([-4, -3, -2, -1, 1, 2, 3])
    is_fixed = (channel < 16)[None, :, None, None]
    features = random.choice(values, (1, CHANNELS, SIZE, SIZE))
    weights = random.choice(values, (128, CHANNELS, 1, 1))
    fixed_features = np.broadcast_to((1 + channel % 4)[None, :, None, None], features.shape)
    fixed_weights = np.broadcast_to((1 + channel // 4 % 4)[None, :, None, None], weights.shape)
    return (np.where(is_fixed, signed(fixed_features, random), features),
            np.where(is_fixed, signed(fixed_weights, random), weights))


def dense_2b() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    return random.integers(0, 8, (1, CHANNELS, SIZE, SIZE)), random.integers(-2, 2, (32, CHANNELS, 1, 1))


def write_idx(path: pathlib.Path, values: np.ndarray) -> None:
    header = bytes((0, 0, 9, values.ndim)) + struct.pack(f">{values.ndim}I", *values.shape)  # 9: signed bytes
    path.write_bytes(gzip.compress(header + values.astype(np.int8).tobytes(), mtime=0))


def model(name: str, weights: np.ndarray, weight_bits: int, signed_features: bool) -> onnx.ModelProto:
    constants, nodes = [], []

    def constant(name: str, value) -> str:
        constants.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def quant(x: str, output: str, bits: int, scale: float, is_signed: bool = True) -> str:
        inputs = [x, constant(output + ".scale", scale), constant(output + ".zeropt", 0), constant(output + ".bits", bits)]
        nodes.append(helper.make_node("Quant", inputs, [output], name=output, domain=QUANT_DOMAIN, signed=int(is_signed), narrow=0,
                                      rounding_mode="ROUND"))
        return output

    x = quant("features", "features.quant", FEATURE_BITS, 1, signed_features)
    w = quant(constant("conv.weight", weights), "conv.weight.quant", weight_bits, 1)
    nodes.append(helper.make_node("Conv", [x, w], ["conv"], name="conv", kernel_shape=[1, 1], strides=[1, 1], pads=[0] * 4,
                                  group=1, dilations=[1, 1]))
    quant("conv", "conv.out", 8, 8)
    shape = [1, CHANNELS, SIZE, SIZE]
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("features", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info("conv.out", TensorProto.FLOAT, [1, len(weights), SIZE, SIZE])], constants)
    return helper.make_model(graph, producer_name="cairn networks/kernels/export.py", opset_imports=[
        helper.make_opsetid("", 13), helper.make_opsetid(QUANT_DOMAIN, 1)])


def main() -> None:
    features, weights = dense_3b()
    folder = NETWORKS / "dense-3b"
    onnx.save(model("dense-3b", weights, 3, True), str(folder / "dense-3b.onnx"))
    order = np.random.default_rng(2).random(features.shape)
    for percent in ZEROS:
        write_idx(folder / f"zeros-{percent}-idx4-byte.gz", np.where(order < percent / 100, 0, features))
    features, weights = dense_2b()
    folder = NETWORKS / "dense-2b"
    onnx.save(model("dense-2b", weights, 2, False), str(folder / "dense-2b.onnx"))
    write_idx(folder / "features-idx4-byte.gz", features)


if __name__ == "__main__":
    main()
