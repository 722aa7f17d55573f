"""The page's own look: paper and ink, one accent, fonts that come with Gradio or the system."""

from __future__ import annotations

import json

import gradio as gr
from gradio.themes.utils.fonts import LocalFont

from page.parts.glossary import everywhere
from page.parts.scripts import on_load, preloads
from page.parts.shared import page_file

# The 600 files that Gradio carries lack most letters; 400 and 700 are whole.
SANS = (
    LocalFont("IBM Plex Sans", (400, 700)),
    "ui-sans-serif",
    "system-ui",
    "sans-serif",
)
MONO = (LocalFont("IBM Plex Mono", (400, 700)), "ui-monospace", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """Gradio's own controls in the colours of look.css, where light and dark are decided."""
    base = gr.themes.Base(font=SANS, font_mono=MONO, radius_size="md", text_size="md", spacing_size="md")
    both = {f"{name}{mode}": value for name, value in COLOURS.items() for mode in ("", "_dark")}
    return base.set(**{name: value for name, value in both.items() if hasattr(base, name)}, **SHAPES)


COLOURS = {
    "body_background_fill": "var(--paper)",
    "body_text_color": "var(--ink)",
    "body_text_color_subdued": "var(--faint)",
    "background_fill_primary": "var(--sheet)",
    "background_fill_secondary": "var(--paper)",
    "border_color_primary": "var(--line)",
    "border_color_accent": "var(--accent)",
    "block_background_fill": "var(--sheet)",
    "block_border_color": "var(--line)",
    "block_label_background_fill": "var(--sheet)",
    "block_label_text_color": "var(--faint)",
    "block_title_text_color": "var(--ink)",
    "block_info_text_color": "var(--faint)",
    "block_shadow": "none",
    "panel_background_fill": "var(--sheet)",
    "input_background_fill": "var(--paper)",
    "input_border_color": "var(--line)",
    "input_border_color_focus": "var(--accent)",
    "input_shadow": "none",
    "color_accent": "var(--accent)",
    "color_accent_soft": "var(--accent-soft)",
    "link_text_color": "var(--accent)",
    "slider_color": "var(--accent)",
    "checkbox_background_color_selected": "var(--accent)",
    "checkbox_border_color_selected": "var(--accent)",
    "checkbox_label_background_fill": "var(--paper)",
    "checkbox_label_background_fill_selected": "var(--accent-soft)",
    "checkbox_label_text_color_selected": "var(--ink)",
    "checkbox_label_border_color": "var(--line)",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent-deep)",
    "button_primary_text_color": "var(--on-accent)",
    "button_primary_border_color": "var(--accent)",
    "button_secondary_background_fill": "var(--sheet)",
    "button_secondary_background_fill_hover": "var(--accent-soft)",
    "button_secondary_text_color": "var(--ink)",
    "button_secondary_border_color": "var(--line)",
    "table_even_background_fill": "var(--sheet)",
    "table_odd_background_fill": "var(--paper)",
    "table_border_color": "var(--line)",
    "table_row_focus": "var(--accent-soft)",
    "stat_background_fill": "var(--accent-soft)",
    "code_background_fill": "var(--paper)",
}
SHAPES = {
    "block_radius": "12px",
    "input_radius": "8px",
    "checkbox_border_radius": "4px",
    "button_large_radius": "8px",
    "button_medium_radius": "8px",
    "button_small_radius": "8px",
    "button_border_width": "1px",
    "button_border_width_dark": "1px",
}


def head() -> str:
    """Style sheets and shared script, inline: the first paint has them, and no other address is asked."""
    styles = "\n".join(page_file(name) for name in ("parts/look.css", "parts/picker.css", "sample/sample.css"))
    # Before Gradio's own scripts, and therefore no module.
    words = json.dumps(everywhere()).replace("<", "\\u003c")
    glossary = f'<script type="application/json" id="glossary">{words}</script>'
    scripts = "".join(page_file(f"parts/{name}.js") for name in ("storage", "stay"))
    ahead = preloads("sample/sample.js")
    return f"<style>{styles}</style>\n<script>{scripts}</script>\n{glossary}\n{ahead}"


def header() -> None:
    """The name of the house and the switch between light and dark."""
    gr.HTML(
        html_template=(
            '<h1 class="wordmark"><b>GAN</b> Atelier</h1>'
            '<a class="api" href="?view=api" title="Call this page from programs">API</a>'
            '<button class="keys-list" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)">⌨</button>'
            '<button class="lamp" aria-label="Light or dark" title="Light or dark">◐</button>'
        ),
        js_on_load=on_load("parts/masthead.js"),
        elem_id="masthead",
        apply_default_css=False,
    )


def visit() -> gr.HTML:
    """The way into Sample for other tabs: output {"weight", "point"} here (see Shared)."""
    return gr.HTML(
        html_template="<span></span>",
        js_on_load=on_load("parts/visit.js"),
        elem_id="visit",
        apply_default_css=False,
    )
