"""What a training method says of itself, and the notation of its formula.

The formulas are those of the papers, in one notation; LETTERS says what each letter stands for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Method:
    """One method, as a card names it.

    `name`: in lists and titles of weights; `title`, exactly three `sentences`, a display `formula` in LaTeX and the
    `paper`: its page in *Models*. `purpose`: what one takes an upscaler for, in so few words that they stand in a
    picker. `twin`: the method that an inventive one was trained from, with which it can be mixed. `faithful`: from 1
    on for those trained for fidelity alone, the preferred judge of what others invent first. `unit`: of the
    discriminator's verdict.
    """

    name: str
    title: str
    sentences: tuple[str, str, str]
    formula: str
    paper: str
    purpose: str = ""
    twin: str | None = None
    faithful: int = 0
    unit: str = "logit"

    @property
    def legend(self) -> str:
        """What the letters of the formula stand for, in their order in LETTERS."""
        return ", ".join(
            f"{word} {meaning}" for word, (pattern, meaning) in LETTERS.items() if re.search(pattern, self.formula)
        )


def aligned(*lines: str) -> str:
    """Lines of a formula under each other."""
    # Short lines: a telephone is 390 px wide and a formula does not wrap by itself.
    return r"\begin{aligned} " + r" \\[0.3em] ".join(lines) + r" \end{aligned}"


PROJECTED = aligned(
    r"\min_D \;& \sum_l \mathbb{E}_x \max\bigl(0, 1 - D_l(P_l(x))\bigr)",
    r"& + \sum_l \mathbb{E}_z \max\bigl(0, 1 + D_l(P_l(G(z)))\bigr)",
    r"\max_G \;& \sum_l \mathbb{E}_z D_l(P_l(G(z)))",
)
HINGE = aligned(
    r"\min_D \;& \mathbb{E}_x \max\bigl(0, 1 - D(x)\bigr)",
    r"& + \mathbb{E}_z \max\bigl(0, 1 + D(G(z))\bigr)",
    r"\max_G \;& \mathbb{E}_z D(G(z))",
)
R1 = aligned(
    r"\max_D \;& \mathbb{E}_x \log \sigma(\tilde D(x))",
    r"& - \tfrac{\gamma}{2}\, \mathbb{E}_x \lVert \nabla \tilde D(x) \rVert^2",
    r"& + \mathbb{E}_z \log \sigma(-\tilde D(G(z)))",
    r"\max_G \;& \mathbb{E}_z \log \sigma(\tilde D(G(z)))",
)
FROZEN = (
    "The discriminator looks through a frozen network that was trained long ago on many photographs, so a processor's "
    "hours are enough where its own would want days."
)

LETTERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "x": (r"\bx\b|_x\b|,x", "a real example"),
        "x with a prime": (r"x'", "another note of its instrument, and q with a prime its pitch"),
        "m": (r"\bm\b", "1 in the hole and 0 elsewhere"),
        "h": (r"\bh\b|^h ", "the picture with its hole filled"),
        "x with an arrow": (r"x_\{\\downarrow\}", "a picture made small"),
        "z": (r"\bz\b|_z\b|\bz_", "a latent"),
        "s": (r"\bs\b|_\{s", "the picture that is given"),
        "u": (r"\bu\b", "that picture with one colour for each of its areas"),
        "d": (r"\bd\b", "a damage by chance"),
        "p": (r"\bp\b", "the person"),
        "p of G": (r"p_G", "how likely the generator holds it"),
        "q": (r"\bq\b", "a pitch"),
        "t": (r", ?(\\bar )?t\b", "a sentence, with a bar another picture's"),
        "an index t": (r"_t\b|_\{t", "the step"),
        "a at step t": (r"a_t\b", "what the player does"),
        "x with a hat": (r"\\hat x", "the last two frames, the network's own"),
        "y": (r"\by\b", "a class"),
        "a, b": (r"_[ab]\b|\b[ab]\b", "pictures of the two kinds"),
        "w": (r"\bw\b|_\{w|!w", "a style"),
        "n": (r"\bn\b", "a picture of noise"),
        "ell": (r"\\ell\b", "the mean of that length so far"),
        "G": (r"\bG\b", "the generator"),
        "F": (r"\bF\b", "the generator of the way back"),
        "H": (r"\bH\b", "the ear"),
        "D": (r"\bD\b|D_", "the discriminator"),
        "D with a tilde": (r"\\tilde D", "its number before the sigmoid"),
        "an index k": (r"_k\b", "which discriminator"),
        "i": (r"\(i\)", "its layer"),
        "f": (r"\bf\b|f_", "the critic"),
        "c": (r"\bc\b", "the most that a weight may be"),
        "P": (r"\bP\b|P_", "features of a frozen network"),
        "an index l": (r"_l\b", "the scale of those"),
        "phi": (r"\\phi", "features of a frozen network that knows photographs"),
        "M": (r"\bM\b", "means, deviations and correlations"),
        "L": (r"\\mathcal\{L\}", "the loss of that game"),
        "N": (r"\\mathcal\{N\}", "the normal distribution"),
        "sigma": (r"\\sigma", "the sigmoid"),
        "E": (r"\\mathbb\{E\}", "the mean over what stands below it"),
        "Greek factors": (r"\\(lambda|mu|nu|eta|gamma)\b", "weights of the parts"),
    }
)
"""Words for a letter of the formulas: a pattern that finds it, and its meaning."""
