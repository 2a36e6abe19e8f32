"""Memesieve's runtime: image paths in, probabilities out.

from model_package import load
moderator = load("pocket")
predictions = moderator.predict(["a.png", "b.png"])
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model_package.evidence import Evidence, Prediction
    from model_package.loading import load
    from model_package.pipeline import Moderator

__all__ = ["Evidence", "Moderator", "Prediction", "load"]

_HOMES = {
    "Evidence": "evidence",
    "Moderator": "pipeline",
    "Prediction": "evidence",
    "load": "loading",
}


def __getattr__(name: str) -> Any:
    """Import on first use: the command line's parent process must start without libraries."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415

    return getattr(importlib.import_module(f"model_package.{_HOMES[name]}"), name)
