#!/usr/bin/python3
"""LCARD on Fashion-MNIST: a teacher with residual paths, a student without them and with layer-wise bit-widths.

    networks/lcard/train.py [--work FOLDER]      everything, about 50 minutes on one free core

Layer-wise clipped-asymmetric residual distillation, in four stages:
1. teacher   a small ResNet, 8-bit features and weights;
2. student   the teacher's copy loses its residual paths, which fade from 1 to 0 while logits and feature maps are distilled;
             features get a clip range with two learned ends (a zero point);
3. bits      greedy search: the feature ring must fit its capacity, then array cycles fall to the fixed width's / 4.5;
4. tuned     the student learns from the teacher again, at its new widths.
Writes networks/lcard-teacher and lcard-student (QONNX) and results.toml. A stage whose state lies in the work folder is not
repeated. Training images decide everything; the test set is only counted, once a stage. Needs Debian's python3-torch,
python3-onnx and dataset-fashion-mnist under the system's Python.
"""
import argparse
import pathlib

import torch
import torch.nn.functional as F

from bit_search import search_bits
from data import load
from distillation import distil
from export import export_qonnx
from hardware import array_cycles, chain
from network import Network, load_state, save_state, set_active
from results import write_results
from training import accuracy, train

NETWORKS = pathlib.Path(__file__).resolve().parent.parent


def train_teacher(images, labels, epochs: int, quantised_epochs: int) -> Network:
    """In float first, with quantisers in the last epochs."""
    net = Network(asymmetric=False).to(memory_format=torch.channels_last)
    train("teacher", net, images, labels, epochs, 4e-3, lambda x, y: F.cross_entropy(net(x), y),
          before_epoch=lambda epoch: set_active(net, epoch >= epochs - quantised_epochs))
    return net


def make_student(teacher: Network) -> Network:
    """The teacher's weights and clip ranges, residual paths included; the lower ends begin a little below 0."""
    student = Network(asymmetric=True).to(memory_format=torch.channels_last)
    student.load_state_dict(teacher.state_dict())
    student.residual = 1.0
    for quantizer in student.feature_quantizers():
        quantizer.low.data = -quantizer.high.data / 8
    return student


class Stages:
    """Runs a stage, or loads what an earlier run of it left in the work folder."""

    def __init__(self, work: pathlib.Path, seed: int, test):
        work.mkdir(parents=True, exist_ok=True)
        self.work, self.seed, self.test = work, seed, test
        self.accuracies: dict[str, float] = {}

    def run(self, name: str, asymmetric: bool, stage) -> Network:
        path = self.work / (name + ".pt")
        if not path.exists():
            torch.manual_seed(self.seed)
            save_state(stage(), path)
        net = load_state(path, asymmetric)
        self.accuracies[name] = accuracy(net, *self.test)
        print(f"{name}: test {self.accuracies[name]:.2f}% (fake quantisers)", flush=True)
        return net


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--teacher-epochs", type=int, default=14)
    ap.add_argument("--quantised-epochs", type=int, default=4, help="of the teacher's, the last ones")
    ap.add_argument("--student-epochs", type=int, default=10)
    ap.add_argument("--tuning-epochs", type=int, default=3)
    ap.add_argument("--capacity", type=int, default=5120, help="bytes of the feature ring")
    ap.add_argument("--speedup", type=float, default=4.5, help="fewer array cycles than at the fixed width, times")
    ap.add_argument("--search-images", type=int, default=512, help="training images that price a bit")
    ap.add_argument("--images", type=int, default=60000, help="training images in all; fewer to try the script")
    ap.add_argument("--work", type=pathlib.Path, default=NETWORKS.parent / "build/lcard")
    ap.add_argument("--out", type=pathlib.Path, default=NETWORKS, help="folder of the networks' folders")
    a = ap.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    images, labels = (t[:a.images] for t in load("train"))
    stages = Stages(a.work, a.seed, load("t10k"))

    teacher = stages.run("teacher", False, lambda: train_teacher(images, labels, a.teacher_epochs, a.quantised_epochs))

    def remove_residuals() -> Network:
        student = make_student(teacher)
        distil("student", student, teacher, images, labels, a.student_epochs, 2e-3, removes_residuals=True)
        return student

    fixed = stages.run("student", True, remove_residuals)
    export_qonnx(fixed, "lcard-fixed-width", a.work / "lcard-fixed-width.onnx")
    target = int(array_cycles(chain(fixed)) / a.speedup)

    def search() -> Network:
        net = load_state(a.work / "student.pt", True)
        search_bits(net, images[:a.search_images], a.capacity, target)
        return net

    searched = stages.run("bits", True, search)

    def tune() -> Network:
        distil("tuned", searched, teacher, images, labels, a.tuning_epochs, 1e-3, removes_residuals=False)
        return searched

    student = stages.run("tuned", True, tune)
    for name, net in (("lcard-teacher", teacher), ("lcard-student", student)):
        export_qonnx(net, name, a.out / name / (name + ".onnx"))
    write_results(a, stages, teacher, fixed, student, a.out / "lcard/results.toml")


if __name__ == "__main__":
    main()
