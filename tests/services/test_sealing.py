"""Identity numbers are sealed: two tokens of one number differ, tell that they are equal, and open with the key alone."""

from pathlib import Path

import pytest

from workflows.services.sealing import HIDDEN, KEY_FILE, SealBrokenError, masked, same, seal, unseal

NUMBER = "230502199003070017"


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, settings: object) -> Path:
    settings.KEYS_DIR = tmp_path / "keys"  # type: ignore[attr-defined]
    return tmp_path / "keys" / KEY_FILE


def test_a_token_opens_and_hides() -> None:
    one, other = seal(NUMBER), seal(NUMBER)
    assert one != other
    assert NUMBER not in one
    assert unseal(one) == unseal(other) == NUMBER
    assert same(one, other)
    assert not same(one, seal("11010519491231002X"))


def test_people_see_a_mask() -> None:
    assert masked(seal(NUMBER)) == "230502********0017"
    assert masked("") == ""
    assert masked("sealed:1") == HIDDEN


def test_a_changed_token_does_not_open() -> None:
    version, box, mark = seal(NUMBER).split(".")
    changed = ("A" if box[20] != "A" else "B").join((box[:20], box[21:]))
    with pytest.raises(SealBrokenError):
        unseal(f"{version}.{changed}.{mark}")


def test_the_key_is_for_its_owner_only(keys: Path) -> None:
    token = seal(NUMBER)
    assert keys.stat().st_mode & 0o077 == 0
    keys.chmod(0o644)
    keys.touch()
    with pytest.raises(SealBrokenError):
        unseal(token)
