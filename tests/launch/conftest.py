import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.folders import server_user, temporary_folder
from launch.postgres import PostgresServer

SITE_PACKAGES = (Path(sysconfig.get_path("purelib")),)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's account can reach; pytest's own is closed to it."""
    made = temporary_folder(user=server_user())
    yield made
    shutil.rmtree(made)


@pytest.fixture
def server(folder: Path) -> Iterator[PostgresServer]:
    """A server that is not started yet."""
    made = PostgresServer(folder, site_packages=SITE_PACKAGES, durable=False)
    yield made
    made.stop()
