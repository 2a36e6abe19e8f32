"""How large the made models are; knows nothing of tensors."""

import argparse
from dataclasses import asdict, dataclass, fields, replace


@dataclass(frozen=True)
class Shape:
    """A language model of Mistral's kind, and a captioner of BLIP's: `sees` a picture, `says` it.

    side, patch: of the picture and its squares, in pixels. Vocabularies hold at least the ids of
    the tokenizers that come with pocket.
    """

    hidden: int = 4096
    intermediate: int = 14336
    layers: int = 32
    heads: int = 32
    kv_heads: int = 8
    vocab: int = 54016  # of a Mistral 32002, which pocket's tokenizer passes
    group: int = 128
    side: int = 384
    patch: int = 16
    sees_hidden: int = 768
    sees_layers: int = 12
    sees_heads: int = 12
    says_hidden: int = 768
    says_layers: int = 12
    says_heads: int = 12
    says_vocab: int = 30524

    def matrices(self) -> dict[str, tuple[int, int]]:
        """Inputs and outputs of each quantized matrix of a layer, by its name there."""
        narrow = self.hidden // self.heads * self.kv_heads
        return {
            "self_attn.q_proj": (self.hidden, self.hidden),
            "self_attn.k_proj": (self.hidden, narrow),
            "self_attn.v_proj": (self.hidden, narrow),
            "self_attn.o_proj": (self.hidden, self.hidden),
            "mlp.gate_proj": (self.hidden, self.intermediate),
            "mlp.up_proj": (self.hidden, self.intermediate),
            "mlp.down_proj": (self.intermediate, self.hidden),
        }

    def operations(self, prefix: int, tokens: int) -> int:
        """Of scoring `tokens` tokens after `prefix` known ones: products with matrices (2 a
        weight and token), and attention (4 a channel, layer and pair of tokens)."""
        products = 2 * tokens * sum(a * b for a, b in self.matrices().values())
        pairs = tokens * prefix + tokens * (tokens + 1) // 2
        return self.layers * (products + 4 * self.hidden * pairs)


FULL = Shape()
TINY = Shape(
    hidden=128,
    intermediate=256,
    layers=2,
    heads=4,
    kv_heads=2,
    group=32,
    side=48,
    patch=16,
    sees_hidden=64,
    sees_layers=2,
    sees_heads=2,
    says_hidden=64,
    says_layers=2,
    says_heads=2,
    says_vocab=2000,
)
SHAPES = {"full": FULL, "tiny": TINY}


def add_flags(parser: argparse.ArgumentParser) -> None:
    """`--shape`, and a flag for each size."""
    help_ = "tiny runs on a CPU, to try the command itself (default: full)"
    parser.add_argument("--shape", choices=SHAPES, default="full", help=help_)
    for one in fields(Shape):
        name = f"--{one.name.replace('_', '-')}"
        parser.add_argument(name, type=int, help=f"full: {one.default}")


def chosen(flags: argparse.Namespace) -> Shape:
    """The shape that the flags ask for."""
    shape = SHAPES[flags.shape]
    given = {name: getattr(flags, name) for name in asdict(shape)}
    return replace(shape, **{name: value for name, value in given.items() if value is not None})
