"""What a visitor's hands and eyes do to a page in a browser."""


def pixels(view, selector: str) -> str:
    """A canvas as a PNG's address: equal for equal pictures."""
    return view.eval_on_selector(selector, "canvas => canvas.toDataURL()")


def slide(view, selector: str, value: float) -> None:
    view.eval_on_selector(
        selector,
        "(input, value) => { input.value = value; for (const name of ['input', 'change'])"
        " input.dispatchEvent(new Event(name, {bubbles: true})); }",
        value,
    )


def take_model(view, place: str, name: str) -> None:
    """Open the model picker in `place` and take the model of that name."""
    view.click(f"{place} .model")
    view.click(f"{place} .card[data-name='{name}']")


def wait_for_model(view, place: str, title: str) -> None:
    """Wait until the model picker in `place` shows the model of that title as the chosen one."""
    view.wait_for_selector(f"{place} .model b >> text='{title}'")


def drop(view, data: bytes, name: str) -> bool:
    """Drop a file onto the page, as a hand would; whether the browser is kept from opening it in the page's place."""
    return view.evaluate(
        """([bytes, name]) => {
            const transfer = new DataTransfer();
            const type = name.endsWith('.png') ? 'image/png' : name.endsWith('.mp4') ? 'video/mp4' : '';
            transfer.items.add(new File([new Uint8Array(bytes)], name, {type}));
            const options = {bubbles: true, cancelable: true, dataTransfer: transfer};
            return ['dragover', 'drop'].every((kind) => !document.body.dispatchEvent(new DragEvent(kind, options)));
        }""",
        [list(data), name],
    )
