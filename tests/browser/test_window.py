"""The windows of the tests themselves: nothing of an earlier test is in them, and nothing gets out of them."""

OUTSIDE = "http://203.0.113.7/a.png"


def test_a_window_has_nothing_of_an_earlier_visitors(window, visitors, page_url):
    for visit in range(2):
        view = window(viewport={"width": 700, "height": 500})
        view.goto(f"{page_url}robots.txt")
        assert view.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""], visit
        view.evaluate(
            "[localStorage, sessionStorage].forEach((kept) => kept.setItem('a', '1')); document.cookie = 'a=1'"
        )
        assert visitors[-1].leave() == [] and visitors[-1].context.pages == []
    assert sum(one.options == {"viewport": {"width": 700, "height": 500}} for one in visitors) == 1


def test_what_a_window_asks_of_other_addresses_is_refused_and_said(window, visitors, page_url):
    view = window(viewport={"width": 700, "height": 500})
    view.goto(f"{page_url}robots.txt")
    assert view.evaluate(f"fetch('{OUTSIDE}').catch((error) => error.message)") == "Failed to fetch"
    assert visitors[-1].leave() == [OUTSIDE]
