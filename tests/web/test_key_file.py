"""The file of API keys: what is kept, what a token must be, expiry, renewal, and who may read the file."""

import datetime as dt
import json
import stat
from pathlib import Path

import pytest

from aimsgraph.errors import InputError, NotFound, UsageError
from aimsgraph.web.keys import KeyFile, Scope

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "keys.json")


def test_the_file_holds_no_secret_and_is_its_owners_alone(file: KeyFile) -> None:
    shown, key = file.new("tool", [Scope.READ], now=NOW)
    secret = shown.split("_", 2)[2]
    assert len(secret) >= 43
    text = file.path.read_text(encoding="utf-8")
    assert secret not in text
    assert json.loads(text)["keys"][0]["id"] == key.id
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    file.path.chmod(0o640)
    with pytest.raises(InputError, match="may be read by others"):
        KeyFile(file.path).keys()


def test_only_the_whole_token_is_the_key(file: KeyFile) -> None:
    shown, key = file.new("tool", [Scope.READ], now=NOW)
    other, _ = file.new("other", [Scope.ADMIN], now=NOW)
    assert file.find(shown) == key
    prefix, id_, secret = shown.split("_", 2)
    for wrong in (
        "", "x", shown[:-1], shown + "x", f"{prefix}_{id_}_", f"agx_{id_}_{secret}", f"{prefix}__{secret}",
        f"{prefix}_{id_}_{other.split('_', 2)[2]}", shown.swapcase(), key.digest, f"{prefix}_{id_}_{key.digest}",
    ):  # fmt: skip
        assert file.find(wrong) is None, wrong


def test_a_key_counts_until_it_expires_or_is_revoked(file: KeyFile) -> None:
    _, key = file.new("tool", [Scope.READ], days=2, now=NOW)
    assert key.counts(NOW + dt.timedelta(days=2, seconds=-1))
    assert not key.counts(NOW + dt.timedelta(days=2))
    revoked = file.revoke(key.id, now=NOW)
    assert not revoked.counts(NOW)
    assert file.revoke(key.id, now=NOW + dt.timedelta(days=1)).revoked == NOW
    assert KeyFile(file.path).keys()[key.id] == revoked
    with pytest.raises(NotFound):
        file.revoke("none")


def test_a_renewed_key_allows_the_same_for_as_long_and_the_former_one_ends(file: KeyFile) -> None:
    shown, old = file.new("tool", [Scope.WRITE], days=90, organisations=["acme"], now=NOW)
    later = NOW + dt.timedelta(days=80)
    new_shown, new = file.rotate(old.id, grace_days=3, now=later)
    assert (new.scopes, new.organisations, new.expires) == (
        old.scopes,
        old.organisations,
        later + dt.timedelta(days=90),
    )
    former = file.find(shown)
    assert former is not None
    assert former.expires == later + dt.timedelta(days=3)
    assert file.find(new_shown) == new != former


def test_scopes(file: KeyFile) -> None:
    _, reader = file.new("reader", [Scope.READ], now=NOW)
    _, admin = file.new("admin", [Scope.ADMIN], now=NOW)
    assert [scope for scope in Scope if reader.allows(scope)] == [Scope.READ]
    assert [scope for scope in Scope if admin.allows(scope)] == list(Scope)
    with pytest.raises(UsageError):
        file.new("nothing", [])
    with pytest.raises(UsageError):
        file.new("no time", [Scope.READ], days=0)


def test_another_process_change_is_seen(file: KeyFile) -> None:
    server = KeyFile(file.path)
    assert server.keys() == {}
    shown, key = file.new("tool", [Scope.READ])
    assert server.find(shown) == key
    file.revoke(key.id)
    found = server.find(shown)
    assert found is not None
    assert found.revoked is not None


@pytest.mark.parametrize("text", ["", "[]", '{"keys": [{}]}', '{"keys": [{"id": 1}]}'])
def test_a_broken_file_is_said_and_not_taken_for_an_empty_one(text: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(InputError, match="cannot be read"):
        KeyFile(path).find("agk_a_b")
