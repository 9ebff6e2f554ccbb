"""Every private file that a test opens is closed behind it."""

import contextlib

import pytest

from fencang.gateways.doors.files import PrivateFile


@pytest.fixture(autouse=True)
def files_are_closed(monkeypatch):
    opened = []
    make = PrivateFile.__init__

    def remembered(self, *arguments, **given):
        make(self, *arguments, **given)
        opened.append(self)

    monkeypatch.setattr(PrivateFile, "__init__", remembered)
    yield
    for file in opened:
        with contextlib.suppress(Exception):
            file.close()
