"""`canbao publish`: put the areas and packs of a folder in force. Also what the demo and the tests read."""

from datetime import UTC, datetime
from pathlib import Path

import click
import yaml

PackFiles = dict[tuple[str, int], bytes]


def pack_files(folder: Path) -> PackFiles:
    """All pack files of a folder by area code and benefit year; cases stay where they are."""
    return {
        (path.parent.name, int(path.stem)): path.read_bytes()
        for path in sorted(folder.glob("[0-9]*/[0-9]*.yaml"))
        if path.stem.isdigit()
    }


def area_names(folder: Path) -> dict[str, str]:
    """The names of the areas a folder knows, by code."""
    names: dict[str, str] = yaml.safe_load((folder / "areas.yaml").read_text("utf-8"))["areas"]
    return names


@click.command()
@click.option(
    "--packs",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("packs"),
    show_default=True,
    help="Folder that holds areas.yaml and <area>/<year>.yaml.",
)
@click.option(
    "--approved-by", "approved_by", multiple=True, required=True, help="Twice: two different people."
)
def publish(folder: Path, approved_by: tuple[str, ...]) -> None:
    """Put areas and packs in force from now on; what is in force already is left alone.

    Nothing is published unless `canbao pack check` finds no error.
    """
    if len(set(approved_by)) < 2:
        raise click.UsageError("政策要两个人批准：--approved-by 写两次，名字不同。")
    import django

    django.setup()
    from canbao.services.system import packs
    from canbao.services.system.places import put_areas

    files = pack_files(folder)
    _refuse_faulty(folder, files)
    areas = put_areas(area_names(folder))
    made = packs.publish(files, datetime.now(UTC), sorted(set(approved_by)))
    click.echo(f"地区 {areas} 个；政策文件 {len(files)} 份，新生效 {made} 份。")


def _refuse_faulty(folder: Path, files: PackFiles) -> None:
    from canbao.policy.desk.check import check, read_sources

    sources = read_sources((folder / "sources.yaml").read_bytes())
    faults = [
        fault
        for area, year in files
        for fault in check(area, year, lambda a, y: files.get((a, y)), sources)
        if fault.grade == "error"
    ]
    if faults:
        raise click.ClickException("\n".join(["有错误，没有发布：", *map(str, faults)]))
