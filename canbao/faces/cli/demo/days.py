"""The demo's own days. The notices are from 2020 to 2024, so each area lives on a day of its own.

Every day here is an assumption of the demo, not a statement of a notice. Three counties live on
other days than their prefecture, so that a closed window, a late price and a season to come can
be seen.
"""

from datetime import date

AREA_DAYS = {
    "371500": date(2021, 11, 10),
    "140400": date(2024, 10, 16),
    "450200": date(2022, 10, 18),
    "140800": date(2021, 12, 20),
    "341200": date(2020, 11, 5),
}
# 壶关: the 26th, outside the days of the month (CZ-11) · 沁县: after the period, late price (CZ-10)
# 融水: before 1 September, the season to come (LZ-21) · 界首: after 31 December (FY-04)
COUNTY_DAYS = {
    "140427": date(2024, 9, 26),
    "140430": date(2025, 3, 10),
    "450225": date(2022, 8, 20),
    "341282": date(2021, 1, 15),
}


def demo_day(area_code: str) -> date:
    """The local day of a county or prefecture in the demo."""
    return COUNTY_DAYS.get(area_code) or AREA_DAYS[area_code[:4] + "00"]


def shifts(area_codes: list[str], today: date) -> dict[str, int]:
    """By how many days each area's clock runs apart from today."""
    known = [code for code in area_codes if code[:4] + "00" in AREA_DAYS]
    return {code: (demo_day(code) - today).days for code in known}
