"""kill -9 of PostgreSQL under load: what was acknowledged is there, and nothing is there by half."""

import json
import os
import subprocess
import sys
import time

import psycopg
import pytest

from tests.support.postgres import DurableServer, durable_server
from tests.support.world import KEYS

CYCLES = int(os.environ.get("CANBAO_KILLS", "2"))
LOAD_S, AGENTS = 3.0, 2


@pytest.mark.timeout(900)
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(record_property):
    with durable_server() as server:
        run(server, "migrate")
        acknowledged: list[str] = []
        for cycle in range(CYCLES):
            acknowledged += under_load(server, cycle)
            told = run(server, "audit", "--json")
            assert json.loads(told.splitlines()[-1])["breaches"] == []
        with psycopg.connect(server.url) as connection:
            kept = {
                row[0]
                for row in connection.execute("SELECT order_no FROM payment_order WHERE state = 'settled'")
            }
    assert len(acknowledged) > 10 * CYCLES, "that was no load"
    assert set(acknowledged) <= kept
    record_property("simulation server_kills", CYCLES)
    record_property("simulation acknowledged_payments", len(acknowledged))


def under_load(server: DurableServer, cycle: int) -> list[str]:
    """Agents hand in cash, the server is killed, the agents fail; what they had been told till then."""
    agents, first = [], []
    for n in range(AGENTS):  # one after the other: each puts areas and packs in as it starts
        agent = subprocess.Popen(
            [sys.executable, "-m", "tests.races.load", str(cycle * AGENTS + n)],
            env=environment(server), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        agents.append(agent)
        first.append(agent.stdout.readline().strip())
    assert all(first), "an agent ended before it had handed anything in"
    time.sleep(LOAD_S)
    server.kill_and_start_again()
    return [*first, *(line for agent in agents for line in agent.communicate(timeout=60)[0].splitlines())]


def environment(server: DurableServer) -> dict[str, str]:
    return {
        **os.environ,
        "CANBAO_DATABASE_URL": server.url,
        "CANBAO_GENE_SECRET": KEYS.gene_secret.hex(),
        "CANBAO_ROOT_KEY": KEYS.root.hex(),
    }


def run(server: DurableServer, *words: str) -> str:
    command = [sys.executable, "-m", "canbao", *words]
    return subprocess.run(command, env=environment(server), capture_output=True, text=True, check=True).stdout
