"""An executor of job images, written from the contract (docs/job_format.md) and sharing nothing with the simulator.

It walks the NPU's and the DMA's lists with their tokens, keeps a real weight SRAM, and computes a whole batch of
inputs at once with numpy.
"""
import struct
import zlib

import numpy as np

CONVOLUTION, DEPTHWISE, FULLY_CONNECTED, MAX_POOL, AVERAGE_POOL, REQUANTISE, BARRIER = range(7)
TWOS_COMPLEMENT, BINARY, TERNARY = range(3)
NONE, MULTIPLY, MULTIPLY_TFLITE, THRESHOLDS = range(4)
BASE_JOB, BASE_INPUT, BASE_OUTPUT, BASE_FEATURES, BASE_WEIGHTS = 1, 2, 3, 5, 6

HEADER = struct.Struct("<IHH13I")
COMMAND = struct.Struct("<4B9H8Bhh3B3xIIII8x")
COMMAND_FIELDS = ("op wait_token signal_token flags wait_count signal_count layer in_h in_w in_c out_h out_w out_c "
                  "kernel_h kernel_w stride_h stride_w pad_top pad_left in_bits out_bits in_zero out_zero weight_bits "
                  "weight_encoding requantisation in_offset out_offset weights_offset table_offset").split()
DESCRIPTOR = struct.Struct("<4B2H10I2H12x")
DESCRIPTOR_FIELDS = ("source_base target_base wait_token signal_token wait_count signal_count source_offset target_offset "
                     "row_bytes rows planes source_row_stride target_row_stride source_plane_stride target_plane_stride "
                     "next layer flags").split()


def bits_to_integers(data: bytes, count: int, bits: int, signed: bool, first_bit: int = 0) -> np.ndarray:
    """`count` integers of `bits` bits from a stream, least significant bit first."""
    stream = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    digits = stream[first_bit:first_bit + count * bits].reshape(count, bits).astype(np.int64)
    values = digits @ (1 << np.arange(bits, dtype=np.int64))
    return np.where(digits[:, -1] == 1, values - (1 << bits), values) if signed else values


class Job:
    def __init__(self, image: bytes):
        (magic, self.version, self.core, self.geometry, crc, size, commands, command_count, descriptors, descriptor_count,
         _, _, self.input_bytes, self.output_bytes, _, self.layer_count) = HEADER.unpack_from(image)[:16]
        assert magic == 0x4a4e5243 and self.version == 1 and size == len(image)
        assert zlib.crc32(image[:12] + bytes(4) + image[16:]) == crc
        self.image = image
        self.commands = [dict(zip(COMMAND_FIELDS, COMMAND.unpack_from(image, commands + 64 * i))) for i in range(command_count)]
        self.descriptors, offset = [], 0
        for _ in range(descriptor_count):
            d = dict(zip(DESCRIPTOR_FIELDS, DESCRIPTOR.unpack_from(image, descriptors + offset)))
            self.descriptors.append(d)
            offset = d["next"]


def weights_of(c: dict, sram: bytearray) -> np.ndarray:
    """[out_c, kernel_h, kernel_w, channels per output], or [out_c, inputs] when fully connected."""
    shape = {CONVOLUTION: (c["out_c"], c["kernel_h"], c["kernel_w"], c["in_c"]),
             DEPTHWISE: (c["out_c"], c["kernel_h"], c["kernel_w"], 1),
             FULLY_CONNECTED: (c["out_c"], c["in_h"] * c["in_w"] * c["in_c"])}[c["op"]]
    binary = c["weight_encoding"] == BINARY
    values = bits_to_integers(bytes(sram[c["weights_offset"]:]), int(np.prod(shape)), c["weight_bits"], not binary)
    return (2 * values - 1 if binary else values).reshape(shape)


def windows(x: np.ndarray, c: dict, padding: int) -> np.ndarray:
    """[batch, out_h, out_w, kernel_h, kernel_w, channels]"""
    below = max(0, (c["out_h"] - 1) * c["stride_h"] + c["kernel_h"] - c["pad_top"] - c["in_h"])
    right = max(0, (c["out_w"] - 1) * c["stride_w"] + c["kernel_w"] - c["pad_left"] - c["in_w"])
    x = np.pad(x, ((0, 0), (c["pad_top"], below), (c["pad_left"], right), (0, 0)), constant_values=padding)
    view = np.lib.stride_tricks.sliding_window_view(x, (c["kernel_h"], c["kernel_w"]), (1, 2))
    view = view[:, ::c["stride_h"], ::c["stride_w"]][:, :c["out_h"], :c["out_w"]]
    return view.transpose(0, 1, 2, 4, 5, 3)


def accumulate(x: np.ndarray, c: dict, sram: bytearray) -> np.ndarray:
    """Exact accumulators [batch, out_h, out_w, out_c]; float64 products of small integers are exact."""
    x = x - c["in_zero"]
    if c["op"] == FULLY_CONNECTED:
        w = weights_of(c, sram)
        return (x.reshape(len(x), -1).astype(np.float64) @ w.T.astype(np.float64)).astype(np.int64)[:, None, None, :]
    if c["op"] == REQUANTISE:
        return x
    v = windows(x, c, 0)
    if c["op"] == AVERAGE_POOL:
        return v.sum(axis=(3, 4))
    w = weights_of(c, sram)
    if c["op"] == DEPTHWISE:
        repeated = np.repeat(v, c["out_c"] // c["in_c"], axis=5)
        return np.einsum("byxklc,cklo->byxc", repeated, w)
    flat = v.reshape(*v.shape[:3], -1).astype(np.float64)
    return (flat @ w.reshape(c["out_c"], -1).T.astype(np.float64)).astype(np.int64)


def requantise(acc: np.ndarray, c: dict, sram: bytearray) -> np.ndarray:
    signed = bool(c["flags"] & 2)
    low = -(1 << (c["out_bits"] - 1)) if signed else 0
    high = low + (1 << c["out_bits"]) - 1
    table = bytes(sram[c["table_offset"]:])
    if c["requantisation"] == NONE:
        return acc + np.frombuffer(table, "<i4", c["out_c"]).astype(np.int64)
    if c["requantisation"] == THRESHOLDS:
        rows = np.frombuffer(table, "<i4", c["out_c"] << c["out_bits"]).reshape(c["out_c"], -1).astype(np.int64)
        descending, steps = rows[:, 0] & 1, rows[:, 1:]
        up = (acc[..., None] >= steps).sum(-1)
        down = (acc[..., None] <= steps).sum(-1)
        return low + np.where(descending == 1, down, up)
    assert c["requantisation"] == MULTIPLY, "the double rounding of TensorFlow Lite is not needed here"
    entries = np.frombuffer(table, np.dtype([("bias", "<i4"), ("multiplier", "<i4"), ("shift", "<u4")]), c["out_c"])
    shift = entries["shift"].astype(np.int64)
    product = (acc + entries["bias"].astype(np.int64)) * entries["multiplier"].astype(np.int64)
    half = np.where(shift > 0, np.int64(1) << np.maximum(shift - 1, 0), 0)
    return np.clip(((product + half) >> shift) + c["out_zero"], low, high)


def run(job: Job, inputs: np.ndarray, layers: list | None = None, weight_sram_bytes: int = 65536) -> np.ndarray:
    """inputs: integers [batch, h, w, c]. Returns the raw outputs [batch, outputs]; appends every layer's to `layers`."""
    sram, tokens = bytearray(weight_sram_bytes), [0] * 16
    descriptors, commands = list(job.descriptors), list(job.commands)
    x, offset, stored = inputs.astype(np.int64), 0, False
    while descriptors or commands:
        ready = lambda e: tokens[e["wait_token"]] >= e["wait_count"]
        if descriptors and ready(descriptors[0]):
            d = descriptors.pop(0)
            if d["target_base"] == BASE_WEIGHTS:
                for row in range(d["rows"]):
                    source = d["source_offset"] + row * d["source_row_stride"]
                    target = d["target_offset"] + row * d["target_row_stride"]
                    sram[target:target + d["row_bytes"]] = job.image[source:source + d["row_bytes"]]
            stored |= d["target_base"] == BASE_OUTPUT
            tokens[d["signal_token"]] += d["signal_count"]
        elif commands and ready(commands[0]):
            c = commands.pop(0)
            if c["op"] != BARRIER:
                assert c["in_offset"] == offset, "a layer does not read where the last one wrote"
                x = x.reshape(len(x), c["in_h"], c["in_w"], c["in_c"])
                if c["op"] == MAX_POOL:
                    x = windows(x, c, -1 << 20).max(axis=(3, 4))
                else:
                    x = requantise(accumulate(x, c, sram), c, sram)
                offset = c["out_offset"]
                if layers is not None:
                    layers.append(x)
            tokens[c["signal_token"]] += c["signal_count"]
        else:
            raise RuntimeError("both lists wait for ever")
    assert stored, "no descriptor stores the output"
    return x.reshape(len(x), -1)
