# The book's settings for Sphinx. What it reads is made by lib/course/book/main.ts; nothing here may need a network.
project = "From a single neuron to BERT, GPT and T5"
author = "the course"
extensions = ["myst_parser", "sphinx.ext.mathjax"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
myst_dmath_double_inline = True
suppress_warnings = ["myst.header", "misc.highlighting_failure"]

html_theme = "furo"
html_title = "From a neuron to BERT, GPT and T5"
html_theme_options = {"navigation_with_keys": True}
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_js_files = [("course/start.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False  # it would read the pages by requests, which files do not answer
mathjax_path = "course/mathjax/tex-svg.js"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
