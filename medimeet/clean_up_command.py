"""The command that forgets what is no longer needed."""

import click

from medimeet.cli import application, command, require_newest
from medimeet.services import erased_traces, retention


@command("clean-up")
@click.option("--compact", is_flag=True, help="Then write the database anew, so that nothing deleted is left in it.")
def clean_up(compact: bool) -> None:
    """Forget what is no longer needed, as the worker does every hour; docs/privacy.md says what goes when."""
    with application().app_context():
        require_newest()
        gone = retention.clean_up()
        for name, count in gone.items():
            click.echo(f"{count:8} {name}")
        if compact:
            erased_traces.compact()
            click.echo("The database was written anew.")
