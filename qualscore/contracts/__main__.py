"""Rewrite what is made of the contracts: `python -m qualscore.contracts`."""

from qualscore.contracts.made import made

for file, text in made().items():
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
