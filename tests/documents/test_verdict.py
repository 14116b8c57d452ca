"""One table for the verdicts: what the signature proved × how the issuer holds the paper."""

import pytest

from workflows.documents.verdict import ALL, LEGEND, NothingAskedError, Signature, Standing, verdict

GENUINE, CHANGED, CANCELLED, VOID = "真实有效", "已变更，请看新回执", "已注销", "已作废"
TAMPERED, NOT_FOUND, SIGNED_ONLY = "被改动，不可信", "查无此号", "签名有效；当前状态未能查询"


@pytest.mark.parametrize(
    ("signature", "standing", "words"),
    [
        (Signature.GOOD, Standing.VALID, GENUINE),
        (Signature.GOOD, Standing.SUPERSEDED, CHANGED),
        (Signature.GOOD, Standing.CANCELLED, CANCELLED),
        (Signature.GOOD, Standing.VOID, VOID),
        (Signature.GOOD, Standing.UNKNOWN, NOT_FOUND),
        (Signature.GOOD, Standing.UNASKED, SIGNED_ONLY),
        (Signature.ABSENT, Standing.VALID, GENUINE),
        (Signature.ABSENT, Standing.SUPERSEDED, CHANGED),
        (Signature.ABSENT, Standing.CANCELLED, CANCELLED),
        (Signature.ABSENT, Standing.VOID, VOID),
        (Signature.ABSENT, Standing.UNKNOWN, NOT_FOUND),
        *[(Signature.BAD, standing, TAMPERED) for standing in Standing],
    ],
)
def test_the_verdict(signature: Signature, standing: Standing, words: str) -> None:
    assert verdict(signature, standing).words == words


def test_nothing_asked_gives_no_verdict() -> None:
    with pytest.raises(NothingAskedError):
        verdict(Signature.ABSENT, Standing.UNASKED)


def test_a_number_alone_never_claims_that_the_content_is_unchanged() -> None:
    assert "未被改动" not in verdict(Signature.ABSENT, Standing.VALID).meaning


def test_the_six_of_the_legend_differ_in_words_and_icon() -> None:
    assert [item.words for item in LEGEND] == [GENUINE, CHANGED, CANCELLED, VOID, TAMPERED, NOT_FOUND]
    assert len({item.state for item in LEGEND}) == 6
    assert len({item.code for item in ALL}) == len(ALL)
