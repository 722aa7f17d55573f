"""Lanes, errors and the way gradio is imported."""

import logging
import platform
import re
import subprocess
import sys
import threading
import time

import gradio as gr
import psutil
import pytest

from gan_models.errors import RequestError
from page.parts import memory, scripts
from page.parts.errors import answer, called, guard
from page.parts.lanes import Lanes
from page.parts.left_out import left_out
from page.parts.scripts import preloads


def test_a_live_picture_goes_before_a_long_job_that_waited_longer():
    lanes, order = Lanes(1), []
    release, entered = threading.Event(), threading.Event()

    def hold():
        with lanes.long():
            entered.set()
            release.wait(20)

    def enter(lane, name):
        with lane():
            order.append(name)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(5)
    waiting = []
    for lane, name in ((lanes.long, "long"), (lanes.live, "first live"), (lanes.live, "second live")):
        waiting.append(threading.Thread(target=enter, args=(lane, name)))
        waiting[-1].start()
        # Each waits in its lane before the next one comes.
        deadline = time.monotonic() + 5
        while len(lanes._long) + len(lanes._live) < len(waiting) and time.monotonic() < deadline:
            time.sleep(0.001)
    release.set()
    for thread in (holder, *waiting):
        thread.join(5)
    assert order == ["first live", "second live", "long"]


def test_long_jobs_leave_a_lane_to_a_hand_on_a_slider_and_take_it_when_the_hand_is_gone(monkeypatch):
    lanes, running, release = Lanes(2), [], threading.Event()

    def work():
        with lanes.long():
            running.append(1)
            release.wait(20)

    def until(found):
        deadline = time.monotonic() + 5
        while not found() and time.monotonic() < deadline:
            time.sleep(0.001)
        assert found()

    with lanes.live():
        pass
    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    until(lambda: len(running) == 1 and len(lanes._long) == 2)
    with lanes.live():
        pass  # does not wait for what runs long
    monkeypatch.setattr("page.parts.lanes.AT_HAND", 0.0)
    with lanes.live():
        pass
    until(lambda: len(running) == 2)
    release.set()
    for worker in workers:
        worker.join(5)
    assert len(running) == 3 and lanes._free == 2 and not lanes._long_ones


def test_a_lane_is_free_again_after_an_error():
    lanes = Lanes(1)
    with pytest.raises(ValueError), lanes.live():
        raise ValueError
    with pytest.raises(ZeroDivisionError):
        lanes.share(lambda part: 1 / 0, [1, 2])
    with lanes.long():
        pass


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 64])
def test_shared_work_comes_back_whole_and_in_order(count):
    runs = Lanes(3).share(list, range(count))
    assert [item for run in runs for item in run] == list(range(count))
    assert len(runs) <= 3


def fail(error):
    raise error


def fail_later(error):
    yield 1
    raise error


def test_our_own_errors_become_toasts_with_their_sentence_as_text():
    with pytest.raises(gr.Error) as caught:
        guard(fail)(RequestError("a <b>wrong</b> value"))
    assert caught.value.message == "a &lt;b&gt;wrong&lt;/b&gt; value"
    stream = guard(fail_later)(RequestError("too late"))
    assert next(stream) == 1
    with pytest.raises(gr.Error, match="too late"):
        next(stream)


def test_programs_read_the_sentence_as_it_is():
    with pytest.raises(gr.Error) as caught:
        called(fail)(RequestError("no 'such' <b>"))
    assert caught.value.message == "no 'such' <b>"


def test_an_unexpected_error_is_an_id_that_the_log_explains(caplog):
    with caplog.at_level(logging.ERROR, "atelier"):
        reply = answer(lambda request: fail(ZeroDivisionError("secret detail")))({})
    assert "secret" not in reply["error"]
    ident = reply["error"].rstrip(".").split()[-1]
    assert ident in caplog.text and "secret detail" in caplog.text


def test_the_page_imports_gradio_quietly_and_without_torchvision_or_the_trainer():
    program = (
        "import os, sys, page; import gradio;"
        "assert os.environ['GRADIO_ANALYTICS_ENABLED'] == 'False' and 'torchvision' not in sys.modules;"
        "import page.sample, page.learn; assert 'torchvision' not in sys.modules;"
        "assert not [name for name in sys.modules if name.startswith('training')], 'not before a visitor asks for it'"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_what_is_left_out_of_an_import_is_there_for_whoever_asks_afterwards(monkeypatch):
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    with left_out("wave", "no.such.module", "sys"):
        import wave

        assert wave.open is None
    import sys as ours
    import wave

    assert callable(wave.open) and ours is sys and "no.such.module" not in sys.modules


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library gives back by itself or not at all")
def test_memory_that_is_free_among_what_stays_goes_back() -> None:
    held = lambda: psutil.Process().memory_info().rss  # noqa: E731
    stays = [bytearray(50_000) for _ in range(1000)][::40]
    before = held()
    assert memory.give_back() and before - held() > 20_000_000 and stays


def test_a_browser_is_told_of_every_module_that_sample_imports():
    said = preloads("sample/sample.js")
    assert 'href="scripts/sample/wall.js"' in said and 'href="scripts/parts/atelier.js"' in said
    assert all((scripts.PAGE / name).is_file() for name in re.findall(r'href="scripts/([^"]+)"', said))
