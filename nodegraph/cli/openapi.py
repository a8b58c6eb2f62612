"""``nodegraph openapi``: the description of the HTTP interface, without a server."""

import click


@click.command()
def openapi() -> None:
    """Print the OpenAPI 3.1 document of /api/v1."""
    from nodegraph.server.api_v1.routes import description

    click.echo(description().json)
