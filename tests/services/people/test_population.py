"""The people of an area, as a simulation reads them from the database."""

import json
from datetime import date

from click.testing import CliRunner

from canbao.faces.cli.pack.command import pack
from canbao.policy.assess import assess
from canbao.services.people import population
from canbao.services.people.population import enrolled


def test_everybody_enrolled_in_an_area_comes_once_as_facts_without_identity(world, monkeypatch):
    monkeypatch.setattr(population, "CHUNK", 2)
    for number in range(5):
        world.person(birth=date(2012, 4, 16 + number))
    world.person(area_code="371502")

    county, city = [*enrolled(world.env, "371503")], [*enrolled(world.env, "371500")]

    assert [person.birth_date.day for person in county] == [16, 17, 18, 19, 20]
    assert len(city) == 6
    policy = world.env.packs.get("371503", 2022, world.env.now)
    assert [answer.amount_fen for answer in assess(policy, county, date(2021, 11, 10))] == [28000] * 5


def test_a_simulation_reads_the_database_and_says_who_pays_what(world, monkeypatch):
    world.person()
    world.person(area_code="371502")
    monkeypatch.setattr("canbao.faces.wiring.env", lambda _actor: world.env)

    result = CliRunner().invoke(
        pack,
        ["simulate", "371503", "2022", "--database", "--on", "2021-11-10", "--json"],
        catch_exceptions=False,
    )

    told = json.loads(result.stdout)
    assert (told["people"], told["lines"][0]["amount_fen"]) == (1, 28000)
