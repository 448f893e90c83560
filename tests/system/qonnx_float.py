"""The float semantics of a QONNX file, node by node in float32: what the integer graph approximates."""
import numpy as np
import onnx
from onnx import numpy_helper


def quant(x, scale, zero, bits, attributes):
    signed, narrow = attributes["signed"], attributes["narrow"]
    assert attributes.get("rounding_mode", b"ROUND") == b"ROUND"
    low = -(2 ** (bits - 1)) + narrow if signed else 0
    high = 2 ** (bits - 1) - 1 if signed else 2 ** bits - 1 - narrow
    integers = np.clip(x / scale + zero, low, high)
    return ((np.round(integers) - zero) * scale).astype(np.float32)


def convolution(x, w, attributes):
    top, left, bottom, right = attributes["pads"]
    sy, sx = attributes["strides"]
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    v = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], (2, 3))[:, :, ::sy, ::sx]
    v = v.transpose(0, 2, 3, 1, 4, 5)
    out = v.reshape(*v.shape[:3], -1).astype(np.float32) @ w.reshape(len(w), -1).T.astype(np.float32)
    return out.transpose(0, 3, 1, 2)


def run(path, x: np.ndarray) -> tuple[np.ndarray, dict]:
    """x: float32 [batch, c, h, w]. Returns the output, and the integers behind every quantised feature map by name."""
    graph = onnx.load(str(path)).graph
    values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    values[graph.input[0].name] = x.astype(np.float32)
    features = {}
    for node in graph.node:
        a = {p.name: onnx.helper.get_attribute_value(p) for p in node.attribute}
        v = [values[name] for name in node.input]
        if node.op_type == "Quant":
            y = quant(*v, a)
            if y.ndim == 4 and len(y) == len(x):
                features[node.output[0]] = np.round(y / v[1] + v[2]).transpose(0, 2, 3, 1).astype(np.int64)
        elif node.op_type == "Conv":
            y = convolution(v[0], v[1], a)
        elif node.op_type == "BatchNormalization":
            gamma, beta, mean, var = (p.reshape(1, -1, 1, 1) for p in v[1:])
            y = (v[0] - mean) / np.sqrt(var + np.float32(a["epsilon"])) * gamma + beta
        elif node.op_type == "Relu":
            y = np.maximum(v[0], 0)
        elif node.op_type == "GlobalAveragePool":
            y = v[0].mean(axis=(2, 3), keepdims=True, dtype=np.float32)
        elif node.op_type == "Flatten":
            y = v[0].reshape(len(v[0]), -1)
        elif node.op_type == "Gemm":
            y = v[0] @ (v[1].T if a.get("transB") else v[1]) + v[2]
        else:
            raise NotImplementedError(node.op_type)
        values[node.output[0]] = y.astype(np.float32)
    return values[graph.output[0].name], features
