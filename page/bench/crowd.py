"""What many visitors at once get, and what the server holds after every model was used."""

from __future__ import annotations

import http.client
import random
import threading
import time
from typing import Any

from page.bench.served import a_mask, a_photo, percentile, post, processor, resident, say, usable


def memory(port: int, pid: int) -> dict[str, float]:
    """Resident memory once every model has drawn and judged, enlarged or translated."""
    for name in usable(port):
        post(port, "render", [name, [{"seed": seed} for seed in range(16)], True])
    photo = a_photo()
    for network in post(port, "upscale_networks", [{}])["networks"]:
        post(port, "upscale", [photo, network["name"], 4, -1, False, "png"])
    for task in post(port, "translate_tasks", [{}])["tasks"]:
        translated(port, task, photo)
    figure = resident(pid)
    say("resident memory after every model was used", figure, "MB", "<= 1100")
    return {"resident memory, MB": figure}


def translated(port: int, task: dict[str, Any], photo: str) -> None:
    """Let a weight that translates answer a picture, whatever else it wants; a puppet's wants none."""
    if task["masked"]:
        post(port, "repair", [task["name"], photo, a_mask(photo)])
    elif not task.get("posed"):
        edges, style = "canny" if task["edges"] else "", photo if task["styled"] else ""
        post(port, "translate", [task["name"], [], photo, 0, 0, 1.0, edges, 0.3, style])


def crowd(port: int, pid: int, clients: int, seconds: float) -> dict[str, float]:
    """Many clients with one request in flight each: 16 pictures of a random model."""
    models, times, errors = list(usable(port)), [], []
    end = time.perf_counter() + seconds

    def ask(seed: int) -> None:
        choice, link = random.Random(seed), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (start := time.perf_counter()) < end:
            try:
                wanted = [choice.choice(models), choice.randrange(10**6), 16, -1, 1.0]
                post(port, "sample", wanted, link, f"bench-{seed}")
                times.append(time.perf_counter() - start)
            except Exception as error:  # counted, whatever it was
                errors.append(str(error))
                link.close()

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    time.sleep(seconds / 6)
    early, spent, answered = resident(pid), processor(pid), len(times)
    for thread in threads:
        thread.join()
    growth, spent = resident(pid) - early, processor(pid) - spent
    work = 1000 * spent / max(1, len(times) - answered)
    times = times or [float("nan")]
    say(f"{clients} clients for {seconds:.0f} s: errors", len(errors), "", "0")
    say(f"{clients} clients: answers", len(times) / seconds, "a second")
    say(f"{clients} clients: p50", percentile(times, 50), "s")
    say(f"{clients} clients: p95", percentile(times, 95), "s", "<= 2" if clients <= 32 else "<= 6 for 128")
    say(f"{clients} clients: processor of an answer", work, "ms", "<= 90, for 128")
    say(f"{clients} clients: memory grown after the first sixth", growth, "MB", "< 50")
    for error in sorted(set(errors))[:3]:
        print("  ", error)
    return {
        "clients: errors": len(errors),
        "clients: p50, s": percentile(times, 50),
        "clients: p95, s": percentile(times, 95),
        "clients: processor of an answer, ms": work,
        "clients: growth, MB": growth,
    }
