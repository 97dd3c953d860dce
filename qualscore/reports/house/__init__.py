"""The house style: what a page is made of, how numbers are said, and how both become HTML, Markdown and SVG."""
