"""Pages for people, made of numbers that are kept beside them: content once, rendered as HTML and as Markdown."""
