"""Which logins there are: a file in the data folder that names the servers, and holds no secret.

No keyring can tell what is in it, and asking one takes longer than answering. So the index is written before a login
is stored, and after one is erased: what it does not name is not there, and what it names may be.

    credhelper logins 1
    KEYRING                         the one that the first store chose
    whole | part                    whether it names all that was ever stored; it does not if there was one before it
    FORM <tab> KEYRING              a server, and where its login is, a line each in the order of storing
"""

from __future__ import annotations

import os
from typing import NamedTuple

from credhelper import entry
from credhelper.logins import lasting
from credhelper.logins.server import key_of

NAME = "index"
_MAGIC = "credhelper logins 1"
_LARGEST = 1 << 24  # bytes; a line has some 40


class Place(NamedTuple):
    """Where a login is: the form under which it was stored, and the keyring (keyrings.py)."""

    form: str
    keyring: str


class Index(NamedTuple):
    """The places of all logins, that which was stored last at the end; the keyring that the first one chose; and
    whether there can be no others.
    """

    places: tuple[Place, ...] = ()
    keyring: str = ""
    is_whole: bool = True

    def of(self, form: str) -> list[Place]:
        """Give where the login for `form` may be, the likeliest first: the very form wins, and of the others that mean
        the same server the one that was stored last.
        """
        key = key_of(form)
        alike = [place for place in reversed(self.places) if place.form == form or key_of(place.form) == key]
        return sorted(alike, key=lambda place: place.form != form)

    def forms(self) -> list[str]:
        """Give each form once."""
        return list(dict.fromkeys(place.form for place in self.places))

    def by_form(self) -> list[list[Place]]:
        """Give the places of each form, the likeliest first."""
        return [[place for place in reversed(self.places) if place.form == form] for form in self.forms()]

    def adding(self, place: Place) -> Index:
        """Give the index with one more place, stored last."""
        places = (*(each for each in self.places if each != place), place)
        return self._replace(places=places, keyring=self.keyring or place.keyring)

    def without(self, *gone: Place) -> Index:
        """Give the index without some places."""
        return self._replace(places=tuple(place for place in self.places if place not in gone))


def read(folder: str) -> Index | None:
    """Give the index in `folder`; None where none is.

    Raises ValueError, with a clause that says why, where what is there may be another's, or is not whole.
    """
    path = f"{folder}/{NAME}"
    if not os.path.lexists(path):
        return None
    data = entry.load(path, _LARGEST)
    if data is None:
        raise ValueError("it is not a file that only you can read and write")
    magic, *lines = data.decode("ascii", "replace").split("\n")
    if magic != _MAGIC or len(lines) < 3 or lines[-1]:
        raise ValueError("it is torn, or of another version")
    places = [Place(*line.split("\t")) for line in lines[2:-1] if line.count("\t") == 1]
    return Index(tuple(places), lines[0], lines[1] == "whole")


def write(folder: str, index: Index) -> None:
    """Write the index, in turn. Raises OSError."""
    lines = [_MAGIC, index.keyring, "whole" if index.is_whole else "part", *("\t".join(each) for each in index.places)]
    lasting.write(f"{folder}/{NAME}", "".join(f"{line}\n" for line in lines).encode("ascii"))
