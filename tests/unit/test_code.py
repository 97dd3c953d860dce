"""What is due follows the content of what shapes results."""

import zipfile
from pathlib import Path

import pytest

from qualscore.storage import code

CONTRACT = "table: clean/a\nabout: {about}\ngrain: a\nkey: [a]\ncolumns:\n  a: {{type: {type}, meaning: {meaning}}}\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name, content in {
        "qualscore/__init__.py": "", "qualscore/model/kernel.py": "SIZE = 1\n", "jobs/score.py": "", "conf/qualscore.yml": "a: 1\n",
        "conf/scores/example.yml": "name: a\n", "conf/keyword_sets.yml": "a: [b]\n", "conf/sources/own.yml": "a: b\n",
        "README.md": "first\n", "tests/unit/test_a.py": "",
        "schemas/clean_a.yml": CONTRACT.format(about="A.", type="int", meaning="number"),
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def hash_of(checkout: Path) -> str:
    return code.hash_of(checkout / "qualscore", checkout)


@pytest.mark.parametrize(
    ("file", "content", "is_due"),
    [
        ("README.md", "second\n", False),
        ("tests/unit/test_a.py", "import os\n", False),
        ("conf/scores/example.yml", "name: b\n", False),
        ("conf/keyword_sets.yml", "a: [b, c]\n", False),  # build_features alone reads these, by value
        ("conf/sources/own.yml", "a: c\n", False),  # of each table the mappings that its deliveries are read by count
        ("schemas/clean_a.yml", "# why\n" + CONTRACT.format(about="All.", type="int", meaning="its number"), False),
        ("schemas/clean_a.yml", CONTRACT.format(about="A.", type="string", meaning="number"), True),
        ("qualscore/model/kernel.py", "SIZE = 2\n", True),
        ("qualscore/added.py", "", True),
        ("jobs/score.py", "import os\n", True),
        ("conf/qualscore.yml", "a: 2\n", True),
    ],
)
def test_only_what_shapes_results_makes_them_due(checkout: Path, file: str, content: str, is_due: bool) -> None:
    before = hash_of(checkout)
    (checkout / file).write_text(content)
    assert (hash_of(checkout) != before) == is_due


def test_a_zip_has_the_hash_of_the_folder_that_it_was_made_of(checkout: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        for file in (checkout / "qualscore").rglob("*.py"):
            archive.write(file, file.relative_to(checkout))
    assert code.hash_of(zipfile.Path(tmp_path / "code.zip", "qualscore/"), checkout) == hash_of(checkout)


def test_the_running_code_has_a_hash_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    code.commit.cache_clear()
    assert code.commit() == "unknown" and len(code.content_hash()) == 16
    code.commit.cache_clear()
