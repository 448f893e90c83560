"""An executor of job images, written from the contract (docs/job_format.md, docs/numbers.md) and sharing nothing with the simulator.

It walks the NPU's and the DMA's lists with their tokens, keeps real memories, bit for bit, and computes a whole batch of
inputs at once with numpy.
"""
import random

import numpy as np

from job_image import (ADD, AVERAGE_POOL, BASE_BUFFER, BASE_FEATURES, BASE_INPUT, BASE_OUTPUT, BASE_WEIGHTS, BINARY, CONVOLUTION, DEPTHWISE,
                       FULLY_CONNECTED, LAYER, MAX_POOL, MEMORY_FEATURES, MULTIPLY, NONE, REQUANTISE, RING, THRESHOLDS, TILE, Job)


def integers(bits: np.ndarray, width: int, signed: bool) -> np.ndarray:
    """[..., n * width] bits, least significant first, to [..., n] integers."""
    digits = bits.reshape(*bits.shape[:-1], -1, width)
    values = np.zeros(digits.shape[:-1], np.int32)  # a sum of 32 bits wraps to its sign
    for i in range(width):
        values |= digits[..., i].astype(np.int32) << i
    return (values - (digits[..., -1].astype(np.int32) << width) if signed and width < 32 else values).astype(np.int64)


def to_bits(values: np.ndarray, width: int) -> np.ndarray:
    """The inverse: [..., n] to [..., n * width]."""
    bits = (values[..., None] >> np.arange(width)) & 1
    return bits.astype(np.uint8).reshape(*values.shape[:-1], -1)


def byte_integers(data: bytes, count: int, bits: int, signed: bool) -> np.ndarray:
    stream = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    return integers(stream[:count * bits], bits, signed)


class Ring:
    """A part of a memory [batch, bits] that wraps around."""

    def __init__(self, memory: np.ndarray, command: dict):
        self.bits = memory[:, command["begin"]:command["begin"] + command["bits"]]
        assert self.bits.shape[1] == command["bits"] > 0, "a ring leaves its memory"

    def read(self, first: int, count: int, width: int, signed: bool) -> np.ndarray:
        return integers(self.bits[:, (first + np.arange(count * width)) % self.bits.shape[1]], width, signed)

    def write(self, begins: np.ndarray, values: np.ndarray, width: int) -> None:
        """[batch, n] values in equal runs, each from one of `begins` on."""
        run = np.arange(values.shape[1] // len(begins) * width)
        self.bits[:, (begins[:, None] + run).ravel() % self.bits.shape[1]] = to_bits(values, width)


def weights_of(c: dict, t: dict, sram: bytearray) -> np.ndarray:
    """[channels, kernel_h, kernel_w, channels per output], or [channels, inputs] when fully connected."""
    shape = {CONVOLUTION: (t["channels"], c["kernel_h"], c["kernel_w"], t["inputs"]),
             DEPTHWISE: (t["channels"], c["kernel_h"], c["kernel_w"], 1),
             FULLY_CONNECTED: (t["channels"], c["in_h"] * c["in_w"] * c["in_c"])}[c["op"]]
    binary = c["weight_encoding"] == BINARY
    values = byte_integers(bytes(sram[t["weights_offset"]:]), int(np.prod(shape)), c["weight_bits"], not binary)
    return (2 * values - 1 if binary else values).reshape(shape)


def windows(c: dict, t: dict, ring: Ring, padding: int) -> np.ndarray:
    """What the tile's pixels see: [batch, pixels, kernel_h, kernel_w, in_c], zero points subtracted unless `padding` says."""
    pixels = np.arange(t["first_pixel"], t["first_pixel"] + t["pixels"])
    top, bottom = (y * c["stride_h"] - c["pad_top"] for y in (pixels[0] // c["out_w"], pixels[-1] // c["out_w"]))
    bottom += c["kernel_h"]
    first, last = (min(max(y, 0), c["in_h"]) for y in (top, bottom))
    width = c["in_w"] * c["in_c"]
    x = ring.read(c["in_offset"] + first * width * c["in_bits"], (last - first) * width, c["in_bits"], bool(c["flags"] & 1))
    x = x.reshape(len(x), last - first, c["in_w"], c["in_c"]) - (0 if padding else c["in_zero"])
    right = max(0, (c["out_w"] - 1) * c["stride_w"] + c["kernel_w"] - c["pad_left"] - c["in_w"])
    above, below = (first - top, bottom - last) if last > first else (0, bottom - top)
    x = np.pad(x, ((0, 0), (above, below), (c["pad_left"], right), (0, 0)), constant_values=padding)
    view = np.lib.stride_tricks.sliding_window_view(x, (c["kernel_h"], c["kernel_w"]), (1, 2)).transpose(0, 1, 2, 4, 5, 3)
    return view[:, pixels // c["out_w"] * c["stride_h"] - c["pad_top"] - top, pixels % c["out_w"] * c["stride_w"]]


def requantise(acc: np.ndarray, c: dict, t: dict, sram: bytearray) -> np.ndarray:
    """[batch, pixels, channels] exact accumulators to outputs."""
    signed, channels = bool(c["flags"] & 2), t["channels"]
    low = -(1 << (c["out_bits"] - 1)) if signed else 0
    high = low + (1 << c["out_bits"]) - 1
    table = bytes(sram[t["table_offset"]:])
    if c["requantisation"] == NONE:
        return acc + np.frombuffer(table, "<i4", channels).astype(np.int64)
    if c["requantisation"] == THRESHOLDS:
        rows = np.frombuffer(table, "<i4", channels << c["out_bits"]).reshape(channels, -1).astype(np.int64)
        sign = 1 - 2 * (rows[:, 0] & 1)  # descending: counts acc <= t
        return low + sum((acc * sign >= step * sign).astype(np.int64) for step in rows[:, 1:].T)
    assert c["requantisation"] == MULTIPLY, "the double rounding of TensorFlow Lite is not needed here"
    entries = np.frombuffer(table, np.dtype([("bias", "<i4"), ("multiplier", "<i4"), ("shift", "<u4")]), channels)
    shift = entries["shift"].astype(np.int64)
    product = (acc + entries["bias"].astype(np.int64)) * entries["multiplier"].astype(np.int64)
    half = np.where(shift > 0, np.int64(1) << np.maximum(shift - 1, 0), 0)
    return np.clip(((product + half) >> shift) + c["out_zero"], low, high)


class Executor:
    def __init__(self, job: Job, inputs: np.ndarray, feature_bytes: int, weight_bytes: int, buffer_bytes: int):
        self.job, batch = job, len(inputs)
        rng = np.random.default_rng(1)  # memories hold anything at first
        anything = lambda size: rng.integers(0, 2, (batch, 8 * size), np.uint8)
        self.memories = {BASE_FEATURES: anything(feature_bytes), BASE_BUFFER: anything(buffer_bytes),
                         BASE_OUTPUT: anything(job.output_bytes), BASE_INPUT: np.zeros((batch, 8 * job.input_bytes), np.uint8)}
        packed = to_bits(inputs.reshape(batch, -1).astype(np.int64), job.of_kind(LAYER)[0]["in_bits"])
        self.memories[BASE_INPUT][:, :packed.shape[1]] = packed
        self.weights = bytearray(b"\xa5" * weight_bytes)
        self.rings, self.slots, self.outputs = {}, {}, {}

    def copy(self, d: dict) -> None:
        for row in range(d["rows"]):
            source = d["source_offset"] + row * d["source_row_stride"]
            target = d["target_offset"] + row * d["target_row_stride"]
            if d["target_base"] == BASE_WEIGHTS:
                assert target + d["row_bytes"] <= len(self.weights)
                self.weights[target:target + d["row_bytes"]] = self.job.image[source:source + d["row_bytes"]]
            else:
                data = self.memories[d["source_base"]][:, 8 * source:8 * (source + d["row_bytes"])]
                self.memories[d["target_base"]][:, 8 * target:8 * (target + d["row_bytes"])] = data

    def perform(self, c: dict) -> None:
        if c["kind"] == RING:
            memory = BASE_FEATURES if c["memory"] == MEMORY_FEATURES else BASE_BUFFER
            self.rings[c["ring"]] = Ring(self.memories[memory], c)
        elif c["kind"] == LAYER:
            self.slots[c["slot"]] = c
            self.outputs[c["layer"]] = np.zeros((len(self.memories[BASE_INPUT]), c["out_h"] * c["out_w"], c["out_c"]), np.int64)
        elif c["kind"] == TILE:
            self.tile(self.slots[c["slot"]], c)

    def sums(self, c: dict, t: dict) -> np.ndarray:
        """Products of the tile's inputs, [batch, pixels, channels]; float64 products of small integers are exact."""
        ring = self.rings[c["in_out_ring"] & 15]
        channels = slice(t["first_channel"], t["first_channel"] + t["channels"])
        if c["op"] == ADD:
            operands = []
            for source, offset, bits, signed, zero in (
                    (ring, c["in_offset"], c["in_bits"], c["flags"] & 1, c["in_zero"]),
                    (self.rings[c["second_ring"] & 15], c["second_offset"], c["second_bits"], c["flags"] & 4, c["second_zero"])):
                x = source.read(offset + t["first_pixel"] * c["in_c"] * bits, t["pixels"] * c["in_c"], bits, bool(signed))
                operands.append(x.reshape(len(x), t["pixels"], -1)[:, :, channels] - zero)
            return operands[0] * c["in_scale"] + operands[1] * c["second_scale"]
        if c["op"] == FULLY_CONNECTED:
            x = ring.read(c["in_offset"], c["in_h"] * c["in_w"] * c["in_c"], c["in_bits"], bool(c["flags"] & 1)) - c["in_zero"]
            return (x.astype(np.float64) @ weights_of(c, t, self.weights).T).astype(np.int64)[:, None]
        if c["op"] == MAX_POOL:
            return windows(c, t, ring, -1 << 20).max(axis=(2, 3))[:, :, channels]
        v = windows(c, t, ring, 0)
        if c["op"] in (AVERAGE_POOL, REQUANTISE):
            return v.sum(axis=(2, 3))[:, :, channels]
        w = weights_of(c, t, self.weights)
        if c["op"] == DEPTHWISE:
            repeated = np.repeat(v, c["out_c"] // c["in_c"], axis=4)[..., channels]
            return np.einsum("bpklc,cklo->bpc", repeated, w)
        flat = v[..., t["first_input"]:t["first_input"] + t["inputs"]].reshape(*v.shape[:2], -1)
        return (flat.astype(np.float64) @ w.reshape(t["channels"], -1).T).astype(np.int64)

    def tile(self, c: dict, t: dict) -> None:
        values = self.sums(c, t)
        partial = t["partial_offset"] + 32 * t["channels"] * t["first_pixel"]
        if t["first_input"] > 0:
            read = self.rings[t["partial_ring"]].read(partial, t["pixels"] * t["channels"], 32, True)
            values += read.reshape(values.shape)
        if t["first_input"] + t["inputs"] < c["in_c"]:
            self.rings[t["partial_ring"]].write(np.array([partial]), values.reshape(len(values), -1), 32)
            return
        if c["op"] != MAX_POOL:
            values = requantise(values, c, t, self.weights)
        bits = c["out_bits"]
        pixels = np.arange(t["first_pixel"], t["first_pixel"] + t["pixels"])
        begins = c["out_offset"] + (pixels * c["out_c"] + t["first_channel"]) * bits
        self.rings[c["in_out_ring"] >> 4].write(begins, values.reshape(len(values), -1), bits)
        self.outputs[t["layer"]][:, t["first_pixel"]:t["first_pixel"] + t["pixels"],
                                 t["first_channel"]:t["first_channel"] + t["channels"]] = values


def run(job: Job, inputs: np.ndarray, layers: list | None = None, feature_bytes: int = 122_880, weight_bytes: int = 65_536,
        buffer_bytes: int = 20_480, seed: int = 1) -> np.ndarray:
    """inputs: integers [batch, h, w, c]. Returns the raw outputs [batch, outputs]; appends to `layers` the outputs of all
    layers, [batch, pixels, channels], in their order. Where both lists can go on, the seed decides."""
    executor, tokens, chance = Executor(job, inputs, feature_bytes, weight_bytes, buffer_bytes), [0] * 16, random.Random(seed)
    descriptors, commands = list(reversed(job.descriptors)), list(reversed(job.commands))
    while descriptors or commands:
        ready = [entries for entries in (descriptors, commands)
                 if entries and tokens[entries[-1]["wait_token"]] >= entries[-1]["wait_count"]]
        if not ready:
            raise RuntimeError("both lists wait for ever")
        entries = chance.choice(ready)
        entry = entries.pop()
        executor.copy(entry) if entries is descriptors else executor.perform(entry)
        tokens[entry["signal_token"]] += entry["signal_count"]
    if layers is not None:
        layers.extend(executor.outputs[i] for i in sorted(executor.outputs))
    last = next(c for c in reversed(job.commands) if c["kind"] == LAYER)
    count = last["out_h"] * last["out_w"] * last["out_c"]
    out = executor.memories[BASE_OUTPUT][:, :count * last["out_bits"]]
    return integers(out, last["out_bits"], bool(last["flags"] & 2) or last["out_bits"] == 32)
