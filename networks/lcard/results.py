"""results.toml: accuracies over the whole test set, both bit tables, and what they cost on the `ms` core."""
import pathlib

from hardware import array_cycles, chain, ring_bytes
from integers import exact_accuracy
from network import Network


def cost(title: str, net: Network, accuracies: dict[str, float]) -> list[str]:
    layers = chain(net)
    lines = ["", f"[{title}]"] + [f"{name} = {value:.2f}" for name, value in accuracies.items()]
    return lines + [f"ring_bytes = {ring_bytes(layers)}", f"array_cycles = {array_cycles(layers)}",
                    f"parameter_bits = {sum(l.unit.conv.weight.numel() * l.unit.weight_quant.bits for l in layers)}"]


def student_table(net: Network) -> list[str]:
    lines = []
    for layer in chain(net):
        q = layer.target
        lines.append(f'  {{ layer = "{layer.name}", weight_bits = {layer.unit.weight_quant.bits}, feature_bits = {q.bits}, '
                     f'zero_point = {q.zero_point}, macs = {layer.macs}, array_cycles = {layer.array_cycles()}, '
                     f'ring_bytes = {layer.ring_bytes()} }},')
    return ["layers = ["] + lines + ["]"]


def teacher_table(net: Network) -> list[str]:
    rows = [("stem", net.stem, net.stem_quant)]
    for i, block in enumerate(net.blocks, 1):
        rows += [(f"block{i}.first", block.first, block.first_quant), (f"block{i}.second", block.second, block.second_quant)]
        if block.projects:
            rows.append((f"block{i}.shortcut", block.shortcut, block.shortcut_quant))
    lines = [f'  {{ layer = "{name}", weight_bits = {unit.weight_quant.bits}, feature_bits = {quant.bits} }},'
             for name, unit, quant in rows]
    return ["layers = ["] + lines + ["]"]


def write_results(arguments, stages, teacher: Network, fixed: Network, student: Network, path: pathlib.Path) -> None:
    """`fixed`: the student before its bit search."""
    exact = {name: exact_accuracy(arguments.out / name / (name + ".onnx"), *stages.test)
             for name in ("lcard-teacher", "lcard-student")}
    trained = stages.accuracies
    lines = ["# What networks/lcard/train.py reached. Accuracies in percent of the 10,000 test images: `accuracy` in the integers",
             "# of the exported file, `fake_quantised` of the network in training. Pooled features and classifier have 8 bits.",
             "", "[run]"]
    lines += [f"{name} = {value}" for name, value in vars(arguments).items() if not isinstance(value, pathlib.Path)]
    lines += ["", "[teacher]", f"accuracy = {exact['lcard-teacher']:.2f}", f"fake_quantised = {trained['teacher']:.2f}"]
    lines += teacher_table(teacher)
    lines += cost("student_fixed_width", fixed, {"fake_quantised": trained["student"]})
    lines += cost("student", student, {"accuracy": exact["lcard-student"], "fake_quantised": trained["tuned"],
                                       "before_tuning": trained["bits"]})
    path.write_text("\n".join(lines + student_table(student)) + "\n")
    print(path.read_text())
