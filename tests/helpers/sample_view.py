"""What tests in a browser do on the Sample tab."""


def wait_painted(view, action) -> None:
    """Do something and wait until something new has been painted."""
    before = int(view.get_attribute(".sample", "data-painted"))
    action()
    view.wait_for_function("n => Number(document.querySelector('.sample').dataset.painted) > n", arg=before)


def wait_quiet(view) -> None:
    """Wait until no answer is awaited and nothing has been painted for 300 ms, however slow the machine."""
    view.evaluate("""() => new Promise((done) => {
        const root = document.querySelector('.sample');
        let last = root.dataset.painted, looks = 0;
        const look = () => {
            looks = asked || root.dataset.painted !== last ? 0 : looks + 1;
            last = root.dataset.painted;
            looks > 15 ? done() : setTimeout(look, 20);
        };
        look();
    })""")


def tile(number: int) -> str:
    return f".tile[data-index='{number}']"


def choose(view, name: str) -> None:
    view.click("button.model")
    wait_painted(view, lambda: view.click(f".card[data-name='{name}']"))
    wait_quiet(view)
