"""`canbao rights`: what the serving role may do in PostgreSQL, printed or put in force."""

import click


@click.command()
@click.argument("role")
@click.option("--execute", is_flag=True, help="Put them in force; run it as the owner of the tables.")
def rights(role: str, *, execute: bool) -> None:
    """Give ROLE the rights that serving needs: it may add to the ledger and change nothing in it.

    Prints the statements; with --execute also runs them. Run it again after every migration.
    """
    import django

    django.setup()
    from django.db import connection, transaction

    from canbao.records.rights import statements

    try:
        lines = list(statements(role))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo("".join(f"{line};\n" for line in lines), nl=False)
    if not execute:
        return
    if connection.vendor != "postgresql":
        raise click.ClickException("只有 PostgreSQL 有角色和权限；SQLite 靠文件权限。")
    with transaction.atomic(), connection.cursor() as cursor:
        for line in lines:
            cursor.execute(line)
