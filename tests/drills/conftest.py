"""Drills run on servers of their own, durable ones, through programs: nothing here shares the tests' database."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests.support.world import KEYS


@dataclass(frozen=True)
class Site:
    """An installation on a database: `canbao …` and a few lines of Python run in processes of their own."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "CANBAO_DATABASE_URL": self.url,
            "CANBAO_GENE_SECRET": KEYS.gene_secret.hex(),
            "CANBAO_ROOT_KEY": KEYS.root.hex(),
            "DJANGO_SETTINGS_MODULE": "canbao.settings",
        }

    def canbao(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of ours."""
        command = [sys.executable, "-m", "canbao", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def pay(self, people: int, seed: int) -> list[str]:
        """So many new people register, are assessed, ordered and paid; returns what they paid with."""
        command = [sys.executable, "-m", "tests.drills.payers", str(people), str(seed)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        numbers: list[str] = json.loads(done.stdout.splitlines()[-1])
        return numbers

    def audit(self) -> list[dict[str, Any]]:
        """The breaches that `canbao audit` finds among all it asks."""
        told = self.canbao("audit", "--json")
        found: dict[str, Any] = json.loads(told.stdout)
        if not found["asked"]:
            raise RuntimeError("the audit asked nothing")
        breaches: list[dict[str, Any]] = found["breaches"]
        return breaches
