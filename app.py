"""Open the page: python app.py [--weights DIR] [--model user/repo] [--open-only] [--runs DIR]."""

import argparse
import os
import sys
import threading
from pathlib import Path

HERE = Path(__file__).parent


def flags(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="GAN Atelier: play with trained generators in a browser.")
    add, given = parser.add_argument, os.environ.get
    add("--weights", metavar="DIR", action="append", default=[], type=Path, help="more weights (repeatable)")
    add("--model", metavar="USER/REPO", action="append", default=[], help="a Hub model (repeatable)")
    add("--open-only", action="store_true", help="show only weights that are free for any use")
    add("--runs", metavar="DIR", type=Path, default=HERE / "runs", help="training runs (default: runs)")
    add("--host", default=given("GRADIO_SERVER_NAME", "127.0.0.1"), help="default: 127.0.0.1")
    add("--port", type=int, default=int(given("GRADIO_SERVER_PORT", "7860")), help="default: 7860")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    options = flags(arguments)
    # One thread for each picture, and as many pictures at once as there are cores (page/parts/lanes.py).
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # torch takes about as long to load as gradio: side by side they take little longer than one.
    threading.Thread(target=__import__, args=("torch",), daemon=True).start()
    import page
    from gan_models.loading import Shelf

    shelf = Shelf([HERE / "weights", *options.weights], hub=options.model, open_only=options.open_only)
    blocks = page.build(shelf, page.Options(runs=options.runs))
    blocks.launch(server_name=options.host, server_port=options.port, **page.launch_arguments())


if __name__ == "__main__":
    main(sys.argv[1:])
