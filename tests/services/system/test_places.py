"""Areas are named again with every publishing; the demo's days stay as they stand."""

from canbao.records.models import Area
from canbao.services.system.places import put_areas


def test_publishing_again_renames_an_area_and_leaves_the_demos_days(db):
    put_areas({"371503": "茌平县"}, {"371503": -1_800})
    assert put_areas({"371503": "茌平区"}) == 1
    assert Area.objects.values_list("name", "demo_shift_days").get(code="371503") == ("茌平区", -1_800)
