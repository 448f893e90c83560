"""What the student learns from the teacher: its logits, and the feature maps behind every residual path."""
import torch
import torch.nn.functional as F

from network import Network
from training import train

TEMPERATURE = 3.0
LABELS, FEATURES = 0.3, 0.5  # weights of the labels' and of the feature maps' loss beside that of the logits
RESIDUAL_FREE_FROM = 0.5     # the part of the training after which the student has no residual path


def logit_loss(student: torch.Tensor, teacher: torch.Tensor, temperature: float) -> torch.Tensor:
    """Kullback-Leibler divergence of the softened classes (Hinton et al., 2015)."""
    return temperature ** 2 * F.kl_div(F.log_softmax(student / temperature, 1), F.softmax(teacher / temperature, 1),
                                       reduction="batchmean")


def feature_loss(student: list[torch.Tensor], teacher: list[torch.Tensor]) -> torch.Tensor:
    """Mean over the layers of the squared error relative to the teacher's energy.

    The teacher's ReLU leaves nothing below 0; what the student's clip keeps there is its own affair.
    """
    return sum(F.mse_loss(F.relu(s), t) / t.square().mean() for s, t in zip(student, teacher)) / len(student)


def distil(name: str, student: Network, teacher: Network, images, labels, epochs: int, rate: float,
           removes_residuals: bool) -> None:
    """Trains `student`; if asked to, its residual paths fade from 1 to 0 on the way."""
    teacher.eval()

    def loss_of(x, y):
        with torch.no_grad():
            targets = teacher.features(x)
            target = teacher.classify(targets[-1])
        maps = student.features(x)
        logits = student.classify(maps[-1])
        return (logit_loss(logits, target, TEMPERATURE) + LABELS * F.cross_entropy(logits, y) +
                FEATURES * feature_loss(maps[1:], targets[1:]))

    def fade(progress: float) -> None:
        if removes_residuals:
            student.residual = max(0.0, 1 - progress / RESIDUAL_FREE_FROM)

    train(name, student, images, labels, epochs, rate, loss_of, before_step=fade)
