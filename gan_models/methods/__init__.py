"""What each training method is: the one table of its titles, story, formula and what it is for."""

from collections.abc import Mapping
from types import MappingProxyType

from gan_models.methods.media import MEDIA
from gan_models.methods.method import LETTERS, Method
from gan_models.methods.sampling import SAMPLING
from gan_models.methods.translating import TRANSLATING
from gan_models.methods.upscaling import RESCUE, UPSCALING

__all__ = ["LETTERS", "METHODS", "RESCUE", "Method", "as_text", "name_of", "story_markdown"]

METHODS: Mapping[str, Method] = MappingProxyType({**SAMPLING, **UPSCALING, **TRANSLATING, **MEDIA})


def name_of(method: str) -> str:
    """A method's name in lists; a method that this version does not know goes by its word."""
    return METHODS[method].name if method in METHODS else method


def story_markdown(method: str) -> str:
    """The story of `method` as Markdown with a `$$` formula; a method without one says so in one sentence."""
    story = METHODS.get(method)
    if story is None:
        return f"*This weight was trained by a method without a page here yet: {as_text(method)}.*"
    parts = (f"### {story.title}", " ".join(story.sentences), f"$${story.formula}$$", story.legend, f"*{story.paper}*")
    return "\n\n".join(parts)


def as_text(words: str) -> str:
    """Words from outside for a place that is Markdown: what could be markup there is written by its number."""
    return "".join(sign if sign.isalnum() or sign in " -" else f"&#{ord(sign)};" for sign in words)
