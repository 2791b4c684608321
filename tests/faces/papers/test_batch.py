"""A village's receipts: one page a paid person, every code on them readable."""

import json
from datetime import date

import zxingcpp
from click.testing import CliRunner
from PIL import Image
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.faces.papers.receipt import receipt_pdf
from canbao.records.models import Enrolment
from canbao.services.money import receipt as service
from canbao.services.money.collect import collect
from tests.faces.papers.test_papers import RECEIPT, replace
from tests.support.world import CHIPING, CHIPING_YEAR, IN_SEASON, make_world


def test_a_village_is_printed_in_the_order_of_names_in_files_of_some_hundreds(db, tmp_path, monkeypatch):
    world = make_world(IN_SEASON)
    names = ("王五", "李四", "张三")
    people = [world.person(CHIPING, "student", date(2008, 3, 1 + n), name) for n, name in enumerate(names)]
    unpaid = world.person(CHIPING, "student", date(2008, 4, 1), "赵六")
    Enrolment.objects.filter(person__in=[*people, unpaid]).update(unit_code="371503001")
    for id_ in people:
        collect(world.env, [world.opening(world.bill(id_, CHIPING_YEAR))], "cash", "0007")
    monkeypatch.setattr(wiring, "env", lambda _: world.env)
    monkeypatch.setattr(service, "AT_ONCE", 2)

    words = (
        "receipt",
        "print",
        str(tmp_path),
        "--unit",
        "371503001",
        "--year",
        str(CHIPING_YEAR),
        "--as",
        "甲",
        "--json",
    )
    told = json.loads(CliRunner().invoke(main, words).output)

    assert told["pages"] == 3
    texts = [page.extract_text() for file in told["files"] for page in PdfReader(file).pages]
    assert [next(name for name in sorted(names) if name in text) for text in texts] == sorted(names)


def test_every_code_of_a_batch_leads_to_its_own_receipt(tmp_path):
    many = [
        replace(
            RECEIPT, receipt_no=f"PJ{n:019d}", verify_url=f"https://canbao.example/v/PJ{n:019d}/ABCDEF0123/"
        )
        for n in range(12)
    ]
    path = tmp_path / "batch.pdf"
    path.write_bytes(receipt_pdf(many))

    for page, receipt in zip(PdfDocument(path), many, strict=True):
        drawn: Image.Image = page.render(scale=2).to_pil()
        assert zxingcpp.read_barcode(drawn).text == receipt.verify_url
