"""The command for second factors that nobody on the site can take off any more."""

import click

from medimeet.cli import PlainCommand, application
from medimeet.services import lost_second_factor


@click.group("second-factor", short_help="Help a superuser who has lost phone and recovery codes.")
def second_factor() -> None:
    """Help somebody who has lost phone and recovery codes, and has nobody above them on the site."""


@second_factor.command("remove", cls=PlainCommand)
@click.argument("username")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(username: str, yes: bool) -> None:
    """Take the second factor off USERNAME (or an e-mail), who is then signed out everywhere and told by mail.

    Be sure who asks for it: from then on the password alone signs in.
    """
    with application().app_context():
        if not yes:
            click.confirm(f"Is it really the owner of {username} who asks you?", abort=True)
        account = lost_second_factor.take_off_by_hand(username)
        click.echo(f"{account.username} now signs in with the password alone.")
