"""Pages of policies."""

from __future__ import annotations

from pathlib import Path

from packgate.docs.policies import policy_pages
from packgate.source.load import load_pack

POLICY = """\
policies:
  - id: notes
    title: Read notes
    threat: layer
    impact: risky
    rationale: Notes are private.
    when: [read-file]
    if: {path: "*.note"}
    then: warn
    message: Ask for them.
    tests:
      must_fire:
        - {command: cat a.note, prompt: Read it.}
        - {command: "cat {each}.note", each: [b, c, d, e, f, g]}
      must_not_fire:
        - {command: "cat {each}.md", each: [a, b, c, d]}
"""


def test_the_first_values_of_each_stand_for_all(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(POLICY, encoding="utf-8")
    page = policy_pages([load_pack(str(path))], Path("out"))
    text = next(text for place, text in page.items() if place.name == "notes.md")
    assert "- `cat a.note`: \"Read it.\"\n- `cat b.note`\n- `cat c.note`\n- `cat d.note`\n- `cat e.note` (and 2 more like it)\n" in text
    assert "cat f.note" not in text
    assert text.endswith("- `cat d.md`\n")
