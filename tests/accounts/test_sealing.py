"""Secrets in stored e-mails."""

import pytest
from pytest_django.fixtures import Settings

from accounts.sealing import SecretNotReadable, sealed, unsealed


def test_a_text_gets_its_secret_back() -> None:
    text = f"Open https://x.example/{sealed(secret='s3cret', about='invitation:1')}/ now."

    assert "s3cret" not in text
    assert unsealed(text=text, about="invitation:1") == "Open https://x.example/s3cret/ now."


def test_a_text_without_secret_stays_as_it_is() -> None:
    assert unsealed(text="A sealed. letter", about="anything") == "A sealed. letter"


def test_a_sentence_whose_space_is_missing_is_no_secret() -> None:
    text = "The deal is sealed.Thanks, sealed.gAAAAA-like or not."

    assert unsealed(text=text, about="question_asked:1") == text


def test_a_secret_that_was_copied_into_another_message_stays_shut() -> None:
    with pytest.raises(SecretNotReadable, match="another message"):
        unsealed(text=sealed(secret="s", about="invitation:1"), about="question:2")


def test_a_secret_survives_a_change_of_the_key_while_the_old_one_is_named(
    settings: Settings,
) -> None:
    text = sealed(secret="s", about="a")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert unsealed(text=text, about="a") == "s"


def test_another_installation_reads_nothing(settings: Settings) -> None:
    text = sealed(secret="s", about="a")
    settings.SECRET_KEY = "another"

    with pytest.raises(SecretNotReadable, match="no SECRET_KEY"):
        unsealed(text=text, about="a")
