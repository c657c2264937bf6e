"""Words that nobody else writes, typed wherever something can be typed, and the search for them in every byte kept."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from pysqlite3 import dbapi2
from sqlalchemy import make_url

from covertops.domain.answers import asked_of
from covertops.domain.declaration import Choice, Entry, Line, Spec, Text, Tick

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class Canaries:
    """The canaries of one test: each is a number of its own behind a word that all of them share."""

    word: str = field(default_factory=lambda: "".join(secrets.choice(LETTERS) for _ in range(14)))
    sung: int = 0

    def one(self) -> str:
        """Another canary: no more than 28 characters, not all of them ASCII."""
        self.sung += 1
        return f"{self.word} {self.sung}é \U0001f426"

    def name(self) -> str:
        """Another canary of letters and digits alone, as addresses and names for signing in may have to be."""
        self.sung += 1
        return f"{self.word}{self.sung}"

    def content(self, size: int) -> bytes:
        """Content of a file with a canary in every line."""
        line = f"{self.one()}\n".encode()
        return (line * (size // len(line) + 1))[:size]

    def typed(self, kind: type[Entry]) -> dict[str, str]:
        """A canary for every text that a kind's form asks for; and the ticks and choices that open more of them."""
        asked = asked_of(kind)
        texts = {name: self.one() for name, one in asked.items() if is_free(one)}
        openers = {one.opened_by for one in asked.values()}
        ticks = {name: "yes" for name, one in asked.items() if isinstance(one, Tick) and name in openers}
        choices = {name: one for name, one in asked.items() if isinstance(one, Choice) and one.opened_by in ticks}
        opened = {name: next(iter(one.options)) for name, one in choices.items()}
        return texts | ticks | opened

    def forms(self) -> list[bytes]:
        """How the shared word can stand in a file that keeps text in clear."""
        plain = self.word.encode()
        found = [plain, plain.upper(), plain.hex().encode(), plain.hex().upper().encode()]
        found += [self.word.encode("utf-16-le"), self.word.encode("utf-16-be")]
        for before in range(3):
            # Whatever stands before it shifts its letters by none, one or two of a group of three bytes.
            shifted = base64.b64encode(b"." * before + plain)
            found.append(shifted[4 if before else 0 : len(shifted) // 4 * 4 - 4])
        return found


def is_free(one: Spec) -> bool:
    """Whether anything can be typed there."""
    return isinstance(one, Line | Text) and not isinstance(one, Choice)


def heard_in(content: bytes, forms: Iterable[bytes]) -> bool:
    """Whether a canary stands in some bytes."""
    return any(one in content for one in forms)


def heard_in_files(folder: Path, canaries: Canaries) -> list[str]:
    """The files below a folder in which a canary stands, in their content or in their name."""
    forms = canaries.forms()
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if heard_in(path.name.encode(), forms) or (path.is_file() and heard_in(path.read_bytes(), forms))
    )


def heard_in_columns(url: str, canaries: Canaries) -> list[str]:
    """The columns of a database in which a canary stands, also where the database compresses what it keeps."""
    forms = canaries.forms()
    return sorted({where for where, value in _values(url) if heard_in(value, forms)})


def _values(url: str) -> Iterator[tuple[str, bytes]]:
    with closing(_connection(url)) as connection, closing(connection.cursor()) as cursor:
        for table in _tables(cursor, url):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((f"{table}.{name}", _bytes(value)) for name, value in zip(names, row, strict=True))


def _connection(url: str) -> Any:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return dbapi2.connect(str(address.database))
    return psycopg.connect(host=str(address.query["host"]), user=address.username, dbname=address.database)


def _tables(cursor: Any, url: str) -> list[str]:
    if url.startswith("sqlite"):
        cursor.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    else:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [row[0] for row in cursor.fetchall()]


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
