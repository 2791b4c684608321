"""How the next case shall go: what tests and demonstrators asked a twin beforehand."""

from dataclasses import dataclass

from sandbox.store import Store

TABLE = """
CREATE TABLE IF NOT EXISTS plan (
    twin TEXT NOT NULL,
    scope TEXT NOT NULL,
    what TEXT NOT NULL,
    value TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (twin, scope, what)
);
"""


@dataclass(frozen=True)
class Plans:
    """The plans of one twin. A scope is an `out_trade_no`, or empty for whoever comes next."""

    store: Store
    twin: str

    def __post_init__(self) -> None:
        self.store.build(TABLE)

    def make(self, what: str, value: str, scope: str = "", times: int = 1) -> None:
        """Remember how the next case (or the one of an out_trade_no) shall go."""
        self._run("DELETE FROM plan WHERE twin = ? AND scope = ? AND what = ?", scope, what)
        self.store.add("plan", twin=self.twin, what=what, value=value, scope=scope, times=times)

    def look(self, what: str, scope: str) -> str | None:
        """What is planned for this scope, left as it is."""
        row = self.store.one(
            "SELECT value FROM plan WHERE twin = ? AND scope = ? AND what = ?", self.twin, scope, what
        )
        return None if row is None else str(row["value"])

    def take(self, what: str, scope: str = "") -> str | None:
        """Use up one planned case: the one for this scope first, then the one for anybody."""
        for each in dict.fromkeys((scope, "")):
            value = self.look(what, each)
            if value is not None:
                self._run(
                    "UPDATE plan SET times = times - 1 WHERE twin = ? AND scope = ? AND what = ?", each, what
                )
                self._run(
                    "DELETE FROM plan WHERE twin = ? AND scope = ? AND what = ? AND times <= 0", each, what
                )
                return value
        return None

    def _run(self, sql: str, scope: str, what: str) -> None:
        self.store.run(sql, self.twin, scope, what)
