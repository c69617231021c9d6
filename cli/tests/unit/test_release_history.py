from __future__ import annotations

import subprocess

import pytest
from release_helper import allow, git, make_key, make_repository, record_of, signing, tag_by_hand, tag_release

from packgate.errors import UserError
from packgate.gitio import Repository
from packgate.release.history import find, newest, read_history, releases
from packgate.release.record import block_of, write_message


@pytest.fixture
def folder(tmp_path):
    return make_repository(tmp_path / "policies")


def reasons(folder):
    return {each.name: each.reason for each in read_history(Repository(str(folder))).invalid}


def test_releases_are_ordered_by_revision_not_by_version(folder):
    tag_release(folder, record_of(folder, 1, version="1.10.0"))
    tag_release(folder, record_of(folder, 2, version="1.9.0", previous="demo/v1.10.0-audit"))
    tag_release(folder, record_of(folder, 1, pack="other"))
    git(folder, "tag", "v1.0.0")
    git(folder, "tag", "demo/notes")
    repository = Repository(str(folder))
    assert [each.tag for each in releases(repository)] == ["demo/v1.10.0-audit", "demo/v1.9.0-audit", "other/v1.0.0-audit"]
    last = newest(repository, "demo")
    assert last is not None
    assert (last.tag, last.revision, last.tagger, last.time) == ("demo/v1.9.0-audit", 2, "Dev <dev@example.com>", "2026-01-01T00:00:00Z")
    assert last.signed is None
    assert newest(repository, "none") is None
    assert reasons(folder) == {}


def test_tags_made_by_hand(folder):
    git(folder, "tag", "demo/v1.0.0-audit")
    tag_by_hand(folder, "demo/v1.1.0-audit", "My release")
    history = read_history(Repository(str(folder)))
    assert history.releases == ()
    assert {each.name: each.reason for each in history.invalid} == {
        "demo/v1.0.0-audit": "it is a lightweight tag, made by hand: it records nothing",
        "demo/v1.1.0-audit": "its message holds no whole record of a release",
    }
    assert history.next_revision("demo") == 1
    tag_by_hand(folder, "demo/v1.1.0-audit+r7", "My release")
    assert read_history(Repository(str(folder))).next_revision("demo") == 8


def test_a_record_must_fit_its_tag(folder):
    record = record_of(folder, 3)
    git(folder, "commit", "-q", "--allow-empty", "-m", "Second")
    tag_release(folder, record)
    tag_release(folder, record_of(folder, 4), "demo/v1.0.0-block")
    tag_release(folder, record_of(folder, 5), "other/v1.0.0-audit")
    tag_release(folder, record_of(folder, 6), "demo/v1.0.0-audit+r7")
    tag_release(folder, record_of(folder, 7, time="2025-01-01T00:00:00Z", version="3.0.0"))
    git(folder, "tag", "-a", "--no-sign", "-m", write_message("x", [], record_of(folder, 8, version="4.0.0")), "demo/v4.0.0-audit", "HEAD^{tree}")
    found = reasons(folder)
    assert found["demo/v1.0.0-audit"] == "its record and the tag disagree about its commit"
    assert found["demo/v1.0.0-block"] == "its record and the tag disagree about its stage"
    assert found["other/v1.0.0-audit"] == "its record and the tag disagree about its pack"
    assert found["demo/v1.0.0-audit+r7"] == "its record and the tag disagree about its revision"
    assert found["demo/v3.0.0-audit"] == "its record and the tag disagree about its time"
    assert found["demo/v4.0.0-audit"] == "it points at a tree, not at a commit"


def test_a_tag_under_another_name(folder):
    tag_release(folder, record_of(folder, 1))
    git(folder, "update-ref", "refs/tags/demo/v1.0.0-block", git(folder, "rev-parse", "demo/v1.0.0-audit"))
    assert reasons(folder) == {"demo/v1.0.0-block": "it was made under another name, 'demo/v1.0.0-audit'"}


def test_revisions_that_clash(folder):
    tag_release(folder, record_of(folder, 1))
    tag_release(folder, record_of(folder, 2, version="1.1.0", previous="demo/v1.0.0-audit"))
    tag_release(folder, record_of(folder, 2, version="1.2.0", previous="demo/v1.0.0-audit"))
    history = read_history(Repository(str(folder)))
    assert [each.tag for each in history.releases] == ["demo/v1.0.0-audit"]
    assert [each.reason for each in history.invalid] == [
        "its revision 2 is claimed by demo/v1.2.0-audit too", "its revision 2 is claimed by demo/v1.1.0-audit too",
    ]
    assert history.next_revision("demo") == 3


def test_a_revision_below_its_predecessor(folder):
    tag_release(folder, record_of(folder, 5))
    tag_release(folder, record_of(folder, 4, version="1.1.0", previous="demo/v1.0.0-audit"))
    tag_release(folder, record_of(folder, 9, pack="other", previous="demo/v1.0.0-audit"))
    assert reasons(folder) == {
        "demo/v1.1.0-audit": "its revision 4 is not above 5, that of its predecessor demo/v1.0.0-audit",
        "other/v1.0.0-audit": "its predecessor demo/v1.0.0-audit is of another pack",
    }


def test_a_predecessor_that_is_not_here(folder):
    tag_release(folder, record_of(folder, 5, previous="demo/v0.9.0-audit"))
    history = read_history(Repository(str(folder)))
    assert [(release.tag, before) for release, before in history.missing()] == [("demo/v1.0.0-audit", "demo/v0.9.0-audit")]


def test_find_says_what_is_meant(folder):
    tag_release(folder, record_of(folder, 1))
    git(folder, "tag", "demo/v2.0.0-audit")
    repository = Repository(str(folder))
    assert find(repository, "demo/v1.0.0-audit").revision == 1
    for name, message, hint in (
        ("demo/v1.0.1-audit", "there is no release", "did you mean 'demo/v1.0.0-audit'?"),
        ("demo/v2.0.0-audit", "not a release that can be trusted: it is a lightweight tag", "packgate status"),
        ("main", "not the name of a release", "PACK/vX.Y.Z-STAGE"),
    ):
        with pytest.raises(UserError) as caught:
            find(repository, name)
        assert message in caught.value.message
        assert hint in str(caught.value.hint)


def test_signatures(folder, tmp_path):
    good, other = make_key(tmp_path, "good"), make_key(tmp_path, "other")
    tag_release(folder, record_of(folder, 1))
    tag_release(folder, record_of(folder, 2, version="1.1.0"), None, *signing(good))
    tag_release(folder, record_of(folder, 3, version="1.2.0"), None, *signing(other))
    tag_release(folder, record_of(folder, 4, version="1.3.0"))
    # While no signers are named, nothing is known about who signed.
    assert [each.signed for each in releases(Repository(str(folder)))] == [None] * 4
    allow(folder, "dev@example.com", good)
    history = read_history(Repository(str(folder)))
    assert [(each.tag, each.signed) for each in history.releases] == [("demo/v1.0.0-audit", None), ("demo/v1.1.0-audit", "dev@example.com")]
    assert {each.name: each.reason for each in history.invalid} == {
        "demo/v1.2.0-audit": "its signature is not good: its key is not one of the allowed signers",
        "demo/v1.3.0-audit": "it is not signed, and releases of the pack are since demo/v1.1.0-audit",
    }


def test_a_signature_over_other_words_and_words_after_it(folder, tmp_path):
    key = make_key(tmp_path, "key")
    allow(folder, "dev@example.com", key)
    tag_release(folder, record_of(folder, 1), None, *signing(key))
    data = subprocess.run(["git", "cat-file", "tag", "demo/v1.0.0-audit"], cwd=folder, check=True, capture_output=True).stdout
    block = block_of(record_of(folder, 2)).encode()
    appended = data + b"-----BEGIN PACKGATE RELEASE-----\n" + block + b"\n-----END PACKGATE RELEASE-----\n"
    for forged, reason in (
        (data.replace(b'"revision": 1', b'"revision": 7'), "its signature is not good: Signature verification failed"),
        (appended, "text follows its signature"),
        (data + data[data.index(b"-----BEGIN SSH"):], "text follows its signature"),
    ):
        (tmp_path / "forged").write_bytes(forged)
        made = git(folder, "hash-object", "-t", "tag", "-w", str(tmp_path / "forged"))
        git(folder, "update-ref", "refs/tags/demo/v1.0.0-audit", made)
        assert reasons(folder)["demo/v1.0.0-audit"].startswith(reason)


def test_a_signed_release_outweighs_an_unsigned_claim_of_its_revision(folder, tmp_path):
    key = make_key(tmp_path, "key")
    allow(folder, "dev@example.com", key)
    tag_release(folder, record_of(folder, 1), None, *signing(key))
    tag_release(folder, record_of(folder, 1, version="1.1.0"))
    history = read_history(Repository(str(folder)))
    assert [each.tag for each in history.releases] == ["demo/v1.0.0-audit"]
    assert [each.name for each in history.invalid] == ["demo/v1.1.0-audit"]


def test_signers_that_cannot_be_read_are_told(folder):
    (folder / "packgate.yaml").write_text("version: 1\nkeys: {allowed_signers: nowhere}\n")
    with pytest.raises(UserError, match="there is no file nowhere"):
        read_history(Repository(str(folder)))
    (folder / "packgate.yaml").write_text("version: 9\n")
    with pytest.raises(UserError, match="has errors"):
        read_history(Repository(str(folder)))
