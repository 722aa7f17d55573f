"""What can be set in the plane, as rows: the tab's script makes its controls of them."""

from __future__ import annotations

from typing import Any

from training.plane.options import ACTIVATIONS, NUMBERS, WHOLE, Options
from training.plane.shapes import SHAPES, TITLES

GAMES: dict[str, dict[str, Any]] = {
    "Minimax": {"loss": "minimax"},
    "Non-saturating": {"loss": "non-saturating"},
    "Least squares": {"loss": "least-squares"},
    "Wasserstein, clipped": {"loss": "wasserstein", "clip": 0.1, "critic_steps": 3, "optimizer": "rmsprop"},
    "Wasserstein, gradient penalty": {"loss": "wasserstein", "penalty": 0.2, "critic_steps": 3},
    "Hinge": {"loss": "hinge"},
    "Relativistic, R1 and R2": {"loss": "relativistic", "r1": 0.05, "r2": 0.05, "momentum": 0.0},
}
"""What one plays for: a loss with what belongs to it; everything else that keeps a critic smooth is then off."""
RULES = ("loss", "clip", "penalty", "r1", "r2", "critic_steps")
LOSS_TERMS = {
    "minimax": "minimax",
    "non-saturating": "non-saturating",
    "least-squares": "least-squares",
    "wasserstein": "wasserstein",
    "hinge": "hinge",
    "relativistic": "relativistic",
}


def table() -> list[dict[str, Any]]:
    """Groups of fields: {title, fields: [{name, label, kind, term, ...}]}; kinds are choice, whole, number, tick."""
    shapes = [[name, shape.title] for name, shape in SHAPES.items()] + [[name, title] for name, title in TITLES.items()]
    acts = [[name, name] for name in ACTIVATIONS]
    return [
        _group(
            "Data and noise",
            _choice("data", "Data", shapes, "mode"),
            _choice("noise", "Noise", [["normal", "normal"], ["uniform", "uniform"]], "noise"),
            _whole("noise_dim", "Dimensions", "latent"),
            _whole("seed", "Seed", "seed"),
        ),
        _group(
            "The game",
            _whole("critic_steps", "Critic steps", "critic steps"),
            _number("clip", "Clip", "clip", 0.01),
            _number("penalty", "Penalty", "gradient penalty", 0.1),
            _number("r1", "R1", "R1", 0.05),
            _number("r2", "R2", "R2", 0.05),
            {"name": "spectral_norm", "label": "Spectral norm", "kind": "tick", "term": "spectral norm"},
            _whole("head_start", "Head start", "head start"),
        ),
        _group(
            "Generator",
            _whole("generator_layers", "Layers", "generator"),
            _whole("generator_units", "Units", "generator"),
            _choice("generator_activation", "Activation", acts, "activation"),
            _number("generator_rate", "Rate", "learning rate", 0.001),
            _number("ema", "EMA", "EMA", 0.01),
        ),
        _group(
            "Discriminator",
            _whole("discriminator_layers", "Layers", "discriminator"),
            _whole("discriminator_units", "Units", "discriminator"),
            _choice("discriminator_activation", "Activation", acts, "activation"),
            _number("discriminator_rate", "Rate", "learning rate", 0.001),
        ),
        _group(
            "Steps",
            _choice("optimizer", "Optimiser", [["adam", "Adam"], ["rmsprop", "RMSprop"], ["sgd", "SGD"]], "optimiser"),
            _number("momentum", "Momentum", "momentum", 0.1),
            _whole("batch", "Batch", "batch"),
        ),
    ]


def usual() -> dict[str, Any]:
    """What every option is unless said otherwise."""
    fields = Options.__dataclass_fields__
    return {name: list(f.default) if isinstance(f.default, tuple) else f.default for name, f in fields.items()}


def _group(title: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "fields": list(fields)}


def _choice(name: str, label: str, choices: list[list[str]], term: str) -> dict[str, Any]:
    return {"name": name, "label": label, "kind": "choice", "choices": choices, "term": term}


def _whole(name: str, label: str, term: str) -> dict[str, Any]:
    low, high = WHOLE[name]
    return {"name": name, "label": label, "kind": "whole", "low": low, "high": high, "term": term}


def _number(name: str, label: str, term: str, step: float) -> dict[str, Any]:
    low, high = NUMBERS[name]
    return {"name": name, "label": label, "kind": "number", "low": low, "high": high, "step": step, "term": term}
