"""How Sphinx builds the site: MyST for prose, autodoc for the Python API, the rest of the reference generated first."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tools"), str(HERE.parent / "src")]

import generate_reference  # noqa: E402

import avila  # noqa: E402

generate_reference.write()

project = "Avila"
author = "The Avila founders"
copyright = "2026, The Avila founders"
version = release = avila.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
nitpicky = False

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_mock_imports: list[str] = []

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
