"""A failing seed becomes a test: made small first, so that it shows little besides the fault."""

from tests.simulation.play import Result, shrink

TEMPLATE = '''"""Found by the simulation as seed {seed}: {violation}."""

from tests.simulation.play import play

WITHOUT = {without}


def test_seed_{seed}_holds(simulated):
    assert play({seed}, WITHOUT).violation is None
'''


def as_test(result: Result) -> str:
    """The text of a test file that plays this seed without what it does not need to fail."""
    without = shrink(result)
    keys = "".join(f'    "{key}",\n' for key in without)
    return TEMPLATE.format(
        seed=result.seed,
        violation=str(result.violation).replace('"', "'").replace("\\", "/"),
        without=f"(\n{keys})" if keys else "()",
    )
