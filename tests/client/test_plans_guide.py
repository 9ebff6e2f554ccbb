"""The guide of plans and margin runs as a reader would run it."""

from tests.client.test_guide import environment, run, served, snippets_of

__all__ = ["environment", "served"]

GUIDE = "docs/guide/plans-and-margin.md"


def test_every_snippet_of_the_guide_runs_one_after_another(environment, tmp_path):
    program = tmp_path / "guide.py"
    program.write_text(snippets_of(GUIDE), encoding="utf-8")
    told = run([str(program)], environment).splitlines()
    assert "ALPHA" in told[0]
    assert "risk system" in told
    assert told[told.index("True") + 1] == "applied"
    assert any(line.startswith("pool @pool:FIRM") for line in told)
    assert told[-1].startswith("@pool:FIRM")
