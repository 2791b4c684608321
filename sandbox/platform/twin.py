"""What the platform keeps: insured periods and deaths by number, and the changes of which it makes daily feeds.

Whoever it was told nothing about is insured nowhere and alive, under whatever name they are asked for.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sandbox.plans import Plans
from sandbox.platform.keys import Sender
from sandbox.store import Store

NAME = "platform"
CHINA = timezone(timedelta(hours=8))
TABLES = """
CREATE TABLE IF NOT EXISTS platform_person (
    certno TEXT PRIMARY KEY, psn_name TEXT NOT NULL, die_date TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS platform_insured (
    certno TEXT NOT NULL, insutype TEXT NOT NULL, insu_admdvs TEXT NOT NULL, psn_insu_date TEXT NOT NULL,
    psn_insu_stas TEXT NOT NULL, paus_insu_date TEXT NOT NULL,
    PRIMARY KEY (certno, insutype, insu_admdvs, psn_insu_date)
);
CREATE TABLE IF NOT EXISTS platform_change (
    id INTEGER PRIMARY KEY, feed_no INTEGER, row TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS platform_feed (feed_no INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""
PERIOD = ("insutype", "insu_admdvs", "psn_insu_date", "psn_insu_stas", "paus_insu_date")
# Of a feed: its count says one more · a row is missing from its middle · a row cannot be read
FLAWS = ("count", "gap", "rubbish")


@dataclass
class PlatformTwin:
    """The platform as one sender finds it."""

    sender: Sender
    store: Store
    now: Callable[[], float]
    plans: Plans = field(init=False)

    def __post_init__(self) -> None:
        self.store.build(TABLES)
        self.plans = Plans(self.store, NAME)

    @property
    def stamp(self) -> str:
        """Now, as the platform writes it."""
        return datetime.fromtimestamp(self.now(), UTC).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")

    def put(self, told: Mapping[str, Any], *, quietly: bool) -> None:
        """Learn of a person: `certno`, `psn_name`, `die_date`, `insured` periods. Each is a change of the next feed
        unless put quietly.
        """
        certno, name, died = told["certno"], told["psn_name"], told.get("die_date", "")
        self.store.run(
            "INSERT INTO platform_person VALUES (?, ?, ?) ON CONFLICT (certno) DO UPDATE SET "
            "psn_name = excluded.psn_name, die_date = excluded.die_date",
            certno, name, died,
        )  # fmt: skip
        periods = [{"psn_insu_stas": "1", "paus_insu_date": "", **one} for one in told.get("insured", ())]
        for one in periods:
            self.store.run(
                "INSERT INTO platform_insured (certno, insutype, insu_admdvs, psn_insu_date, psn_insu_stas, "
                "paus_insu_date) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "psn_insu_stas = excluded.psn_insu_stas, paus_insu_date = excluded.paus_insu_date",
                certno, *(str(one[name]) for name in PERIOD),
            )  # fmt: skip
        if quietly:
            return
        said = {"psn_cert_type": "01", "certno": certno, "psn_name": name, "updt_time": self.stamp}
        for change in [*periods, *([{"die_date": died}] if died else [])]:
            self.store.add("platform_change", row=json.dumps({**said, **change}, ensure_ascii=False))

    def person(self, certno: str, name: str) -> dict[str, Any]:
        """`output` of 1101."""
        known = self.store.one("SELECT * FROM platform_person WHERE certno = ?", certno)
        died = known["die_date"] if known else ""
        rows = self.store.all(
            "SELECT * FROM platform_insured WHERE certno = ? ORDER BY psn_insu_date", certno
        )
        return {
            "baseinfo": {
                "psn_no": f"99{certno}", "psn_cert_type": "01", "certno": certno,
                "psn_name": known["psn_name"] if known else name, "gend": "", "naty": "", "brdy": "", "age": "",
                "exp_content": json.dumps({"die_date": died}) if died else "",
            },
            "insuinfo": [
                {"balc": "0", "psn_type": "", "cvlserv_flag": "0", "emp_name": "", "insuplc_admdvs": row["insu_admdvs"],
                 **{name: row[name] for name in PERIOD if name != "insu_admdvs"}}
                for row in rows
            ],
            "idetinfo": [],
        }  # fmt: skip

    def close_day(self, flaw: str | None = None) -> int:
        """Make the feed of what has changed since the last one, wrong in one way if wanted. Returns its number."""
        last = self.store.one("SELECT max(feed_no) AS n FROM platform_feed")
        feed_no = ((last["n"] if last else 0) or 0) + 1
        found = self.store.all("SELECT * FROM platform_change WHERE feed_no IS NULL ORDER BY id")
        rows = [{"row_no": place, **json.loads(one["row"])} for place, one in enumerate(found, start=1)]
        told = {"feed_no": feed_no, "feed_date": self.stamp[:10], "row_cnt": len(rows), "data": rows}
        self.store.run("UPDATE platform_change SET feed_no = ? WHERE feed_no IS NULL", feed_no)
        self.store.add(
            "platform_feed", feed_no=feed_no, body=json.dumps(_flawed(told, flaw), ensure_ascii=False)
        )
        return feed_no

    def mend(self, feed_no: int) -> None:
        """Make a feed whole that was made with a flaw."""
        row = self.store.one("SELECT body FROM platform_feed WHERE feed_no = ?", feed_no)
        found = self.store.all("SELECT * FROM platform_change WHERE feed_no = ? ORDER BY id", feed_no)
        rows = [{"row_no": place, **json.loads(one["row"])} for place, one in enumerate(found, start=1)]
        told = json.loads(row["body"]) if row else {}
        told |= {"row_cnt": len(rows), "data": rows}
        body = json.dumps(told, ensure_ascii=False)
        self.store.run("UPDATE platform_feed SET body = ? WHERE feed_no = ?", body, feed_no)

    def feed_after(self, after: int) -> str | None:
        """The feed that follows a number; None: not made yet."""
        row = self.store.one(
            "SELECT body FROM platform_feed WHERE feed_no > ? ORDER BY feed_no LIMIT 1", after
        )
        return None if row is None else str(row["body"])


def _flawed(told: dict[str, Any], flaw: str | None) -> dict[str, Any]:
    if flaw == "count":
        return told | {"row_cnt": told["row_cnt"] + 1}
    rows = list(told["data"])
    if flaw == "gap" and rows:
        rows = [{**row, "row_no": row["row_no"] + 1} for row in rows]
    if flaw == "rubbish" and rows:
        rows[-1] = {**rows[-1], "updt_time": "昨天"}
    return told | {"data": rows}
