"""The people of an area, as a simulation reads them from the database."""

from datetime import date

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
    pack = world.env.packs.get("371503", 2022, world.env.now)
    assert [answer.amount_fen for answer in assess(pack, county, date(2021, 11, 10))] == [28000] * 5
