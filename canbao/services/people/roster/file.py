"""The file of a roster as it was received: sealed, and read again where a row needs what the table does not keep."""

from collections.abc import Iterable, Iterator

from canbao.channels.roster import RosterRow, open_roster
from canbao.records.models import Roster
from canbao.services.system.env import Env


def place_of(digest: str) -> str:
    """Where a body lies, as the sealer wants to know it."""
    return f"assistance_roster:body:{digest}"


def body_of(env: Env, roster: Roster) -> bytes:
    """The file as it was received."""
    return env.sealer.open_bytes(bytes(roster.body_sealed), place_of(roster.sha256))


class FileRows:
    """The rows of the kept file, read forward once however often they are asked for; a number is in no table.

    The file is not opened before somebody asks.
    """

    def __init__(self, env: Env, roster: Roster) -> None:
        self._rows = self._open(env, roster)

    @staticmethod
    def _open(env: Env, roster: Roster) -> Iterator[RosterRow]:
        yield from open_roster(body_of(env, roster)).rows

    def at(self, row_nos: Iterable[int]) -> dict[int, RosterRow]:
        """These rows by number. Whoever asks again asks for rows further down."""
        wanted = set(row_nos)
        found: dict[int, RosterRow] = {}
        while len(found) < len(wanted) and (row := next(self._rows, None)):
            if row.row_no in wanted:
                found[row.row_no] = row
        return found
