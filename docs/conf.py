"""How Sphinx builds the site: MyST for prose, autodoc for Python, the other reference generated."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tools"), str(HERE.parent / "src")]

import generate_reference  # noqa: E402

import avila  # noqa: E402

if TYPE_CHECKING:
    from sphinx.application import Sphinx

generate_reference.write()

project = "Avila"
author = "The Avila founders"
copyright = "2026, The Avila founders"
version = release = avila.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
# The highlighter knows less SQL than the kernel.
suppress_warnings = ["misc.highlighting_failure"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
autodoc_member_order = "bysource"

html_theme = "pydata_sphinx_theme"
html_title = "Avila"
html_theme_options = {
    "show_prev_next": False,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_show_sourcelink = False

ROOT_PAGES = {
    f"project/{name}": f"{name.upper()}.md"
    for name in ("architecture", "contributing", "security", "changelog")
}


def setup(app: Sphinx) -> None:
    """Put the texts at the root of the repository, which people read there, on the site too."""
    app.connect("source-read", _root_page)


def _root_page(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname == "project/index" and not any((HERE / "decisions").glob("*.md")):
        source[0] = source[0].replace("../decisions/*\n", "")  # Sphinx warns of a pattern without pages
    if docname not in ROOT_PAGES:
        return
    path = HERE.parent / ROOT_PAGES[docname]
    app.env.note_dependency(path)
    text = path.read_text(encoding="utf-8").replace("](docs/", "](../")
    source[0] = re.sub(r"\]\(([A-Z]+\.md)\)", lambda match: f"]({match[1].lower()})", text)
