"""Open the page: python app.py [--weights DIR] [--model user/repo] [--open-only] [--runs DIR]."""

import argparse
import gc
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gan_models.loading import Shelf

HERE = Path(__file__).parent


def flags(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="GAN Atelier: play with trained generators in a browser.")
    add = parser.add_argument
    add("--weights", metavar="DIR", action="append", default=[], type=Path, help="more weights (repeatable)")
    add("--model", metavar="USER/REPO", action="append", default=[], help="a Hub model (repeatable)")
    add("--upscaler", metavar="FILE|USER/REPO:FILE", action="append", default=[], help="a community checkpoint that "
        "enlarges (repeatable)")  # fmt: skip
    add("--open-only", action="store_true", help="show only weights that are free for any use")
    add("--runs", metavar="DIR", type=Path, default=HERE / "runs", help="training runs (default: runs)")
    add("--allow-training", action="store_true", help="let visitors train on pictures that they drop, where others "
        "than this machine reach the page (never on a Space)")  # fmt: skip
    add("--feature-weights", metavar="FILE", type=Path, help="torchvision's SqueezeNet 1.1, to train on photographs "
        "(default: fetched once, 4.7 MB)")  # fmt: skip
    add("--host", type=host, help="address to listen on (default: 127.0.0.1)")
    add("--public-host", metavar="NAME", action="append", default=[], help="a name under which visitors open the page, "
        "where a proxy or a name server gives it one (repeatable)")  # fmt: skip
    add("--auth", metavar="USER:PASSWORD|FILE", type=accounts, help="let in only who knows a name and its password; a "
        "FILE has one USER:PASSWORD in each line")  # fmt: skip
    add("--port", type=port, help="1 to 65535 (default: 7860, or the next free one)")
    options = parser.parse_args(arguments)
    if "" in arguments:
        parser.error("an argument is empty, an unset variable perhaps; give a value, or leave its flag out")
    if options.feature_weights and not options.feature_weights.is_file():
        parser.error(
            f"--feature-weights {options.feature_weights} is no file; give one of torchvision's SqueezeNet 1.1"
        )
    for folder in options.weights:
        if not folder.is_dir():
            parser.error(f"--weights {folder} is not a folder; give one that holds weights")
    return options


def host(text: str) -> str:
    """An address to listen on; one of IPv6 in brackets, as in the page's own address."""
    plain = text.removeprefix("[").removesuffix("]")
    return f"[{plain}]" if ":" in plain else plain


def port(text: str) -> int:
    """A port of TCP that can be listened on."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no port; give a whole number from 1 to 65535")
    return int(text)


def accounts(words: str) -> list[tuple[str, str]]:
    """Names and passwords from the words of --auth: a file's lines, or the one pair itself."""
    try:
        lines = Path(words).read_text(encoding="utf-8").split("\n") if Path(words).is_file() else [words]
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"the file cannot be read ({error.__class__.__name__})") from None
    pairs = [line.strip().partition(":") for line in lines if line.strip()]
    if not pairs or not all(user and password for user, _, password in pairs):
        raise argparse.ArgumentTypeError("give USER:PASSWORD, or a file that has one in each line")
    return [(user, password) for user, _, password in pairs]


def training(options: argparse.Namespace) -> str:
    """Who may train from the page: "here" alone on this machine, "uploads" where others are let, "" nobody."""
    if os.environ.get("SPACE_ID"):
        return ""
    listens = options.host or os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"
    alone = listens.strip("[]") in ("127.0.0.1", "localhost", "::1") and not options.public_host
    return "here" if alone else "uploads" if options.allow_training else ""


def fetch(shelf: "Shelf", repositories: list[str]) -> None:
    """Put weights of the Hub on the shelf, one after the other, and say what came of each."""
    for repo in repositories:
        shelf.fetch(repo)
        print(shelf.refused.get(repo, f"{repo} is on the shelf."), flush=True)


def main(arguments: list[str]) -> None:
    options = flags(arguments)
    # One thread for each picture, and as many pictures at once as there are cores (page/parts/lanes.py).
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # Nothing that is imported is garbage; looking for it there takes a fifth of the start.
    gc.disable()
    import page
    from gan_models.loading import Shelf
    from page.parts import memory, scratch

    scratch.open_folder()
    shelf = Shelf([HERE / "weights", *options.weights], open_only=options.open_only)
    blocks = page.build(
        shelf, page.Options(options.runs, tuple(options.upscaler), training(options), options.feature_weights)
    )
    how = {
        **page.launch_arguments(options.host, options.public_host),
        "server_port": options.port,
        "auth": options.auth,
    }
    try:
        _, address, _ = blocks.launch(**how, prevent_thread_lock=True, quiet=True)
    except OSError as error:
        raise SystemExit(f"The page cannot listen there: {error}") from None
    print(f"GAN Atelier is open at {address}", *shelf.refused.values(), sep="\n", flush=True)
    # While the browser still fetches the page; and a Hub that is slow keeps nobody waiting.
    threading.Thread(target=fetch, args=(shelf, options.model), name="hub", daemon=True).start()
    page.warm(shelf)
    gc.freeze()
    gc.enable()
    memory.keep_giving_back()
    blocks.block_thread()


if __name__ == "__main__":
    main(sys.argv[1:])
