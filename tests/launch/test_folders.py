import os
import shutil
import stat
from pathlib import Path

import pytest

from launch.folders import (
    UnsafeFolder,
    demo_folder,
    own_folder,
    private_folder,
    reachable,
    server_user,
    temporary_folder,
)

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="another account needs root")


def test_the_demo_lives_in_the_project(folder: Path) -> None:
    assert demo_folder(folder) == folder / ".demo"
    assert demo_folder(folder) == folder / ".demo"


@only_root
def test_a_project_out_of_the_accounts_reach_keeps_its_data_elsewhere(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)

    chosen = demo_folder(tmp_path)

    try:
        assert chosen.parent == Path("/var/tmp")
        assert demo_folder(tmp_path) == chosen
        assert chosen.stat().st_uid == 0
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(chosen)


def test_a_link_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")

    with pytest.raises(UnsafeFolder, match="belongs to another account"):
        own_folder(tmp_path / "link")


@only_root
def test_a_folder_of_another_account_is_refused(tmp_path: Path) -> None:
    account = server_user()
    private_folder(tmp_path / "theirs", user=account)

    with pytest.raises(UnsafeFolder, match="belongs to another account"):
        own_folder(tmp_path / "theirs")


def test_a_private_folder_that_was_opened_is_closed_again(tmp_path: Path) -> None:
    private_folder(tmp_path / "data", user=None)
    (tmp_path / "data").chmod(0o755)

    private_folder(tmp_path / "data", user=None)

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_temporary_folder_can_be_reached_by_the_servers_account() -> None:
    made = temporary_folder(user=server_user())

    assert reachable(made, user=server_user())
    made.rmdir()
