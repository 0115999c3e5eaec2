"""What the command line takes. The commands' own modules are imported only when they run."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from cadran.settings.table import Setting, rows

SERVE_FLAGS = ("--host", "--port", "--open", "--root-path", "--token-file", "--allow-host", "--allow-origin")


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of ``cadran``."""
    parser = argparse.ArgumentParser(prog="cadran", description="Live dashboards that are right right now.")
    parser.add_argument("--version", action="version", version=f"cadran {_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_demo(commands)
    _add_run(commands)
    _add_open(commands)
    _add_send(commands)
    return parser


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser(
        "demo", help="show a live screen of this machine", description="Show this machine, live."
    )
    _add_settings(demo, SERVE_FLAGS)
    demo.set_defaults(command=_demo)


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = commands.add_parser(
        "run", help="serve the screens in a Python file", description="Serve the screens in a Python file."
    )
    run.add_argument(
        "target", metavar="FILE[:NAME]", help="A Python file; NAME picks one screen, else all that it holds are served."
    )
    run.add_argument("--reload", action="store_true", help="Start again when a Python file in FILE's folder is saved.")
    _add_settings(run, SERVE_FLAGS)
    run.set_defaults(command=_run)


def _add_open(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    open_ = commands.add_parser(
        "open",
        help="show a database or a file, with no code",
        description="Show a database, a table, a query or a file that grows, with no code.",
    )
    open_.add_argument(
        "target",
        metavar="TARGET",
        help="A SQLite or DuckDB file; a database's URL; a CSV, TSV, NDJSON or Parquet file, or a folder of them.",
    )
    open_.add_argument("--table", action="append", metavar="NAME", help="Show this table or view alone; repeatable.")
    open_.add_argument("--query", metavar="SQL", help="Show the result of this query.")
    open_.add_argument("--every", metavar="TIME", help="How often it is read. Default: 5s, of files 2s.")
    open_.add_argument("--title", help="The screen's title. Default: the table's name.")
    open_.add_argument("--save", metavar="FILE.py", help="Write the screen as a program to go on from; serve nothing.")
    _add_settings(open_, SERVE_FLAGS)
    open_.set_defaults(command=_open)


def _add_send(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    send = commands.add_parser(
        "send",
        help="put values on a channel of a running server",
        description="Put values on a running server's channel.",
    )
    send.add_argument("channel", metavar="CHANNEL", help="The channel's name.")
    send.add_argument(
        "values",
        metavar="KEY=VALUE",
        nargs="*",
        help="A KPI and its value: a number, true, false, null for a gap, else a text. Or - alone: lines from standard "
        "input, each KEY=VALUE, SERIES X Y or JSON, sent as they come.",
    )
    send.add_argument(
        "--json",
        metavar="FILE",
        help="Send the updates in a file, - for standard input: one JSON document, or one a line as they come.",
    )
    send.add_argument(
        "--x",
        choices=("time", "number", "now"),
        help="Of the points in lines: seconds since 1970 UTC (the default), a number, or now: then a line is SERIES Y.",
    )
    send.add_argument(
        "--wait",
        metavar="DURATION",
        default="10s",
        help="How long lines are held back while the server does not keep up, and how long to wait for it at the end. "
        "Default: 10s.",
    )
    send.add_argument("--verbose", action="store_true", help="Say on standard error what became of the lines.")
    send.add_argument("--url", help="The server's address. Default: where cadran run listens, http://127.0.0.1:8400.")
    send.add_argument("--token", help="The server's token; other users of this machine can see it, so prefer the file.")
    _add_settings(send, ("--token-file",))
    send.set_defaults(command=_send)


def _add_settings(parser: argparse.ArgumentParser, flags: Iterable[str]) -> None:
    """Add the flags of the settings' table, and those that every command takes."""
    wanted = (*flags, "--log-level")
    for row in sorted(
        (row for row in rows() if row.about.flag in wanted), key=lambda row: wanted.index(row.about.flag)
    ):
        _add_setting(parser, row)
    parser.add_argument("--config", metavar="FILE", help="Settings file. Default: cadran.toml in the working folder.")


def _add_setting(parser: argparse.ArgumentParser, row: Setting) -> None:
    assert row.about.flag is not None
    help = f"{row.about.help} Default: {row.shown_default.strip('`')}."
    if isinstance(row.default, bool):
        action = argparse.BooleanOptionalAction
        parser.add_argument(row.about.flag, dest=row.name, action=action, default=None, help=help)
    elif isinstance(row.default, tuple):
        metavar = row.about.kind.metavar
        parser.add_argument(row.about.flag, dest=row.name, action="append", default=None, metavar=metavar, help=help)
    else:
        parser.add_argument(row.about.flag, dest=row.name, default=None, metavar=row.about.kind.metavar, help=help)


def _version() -> str:
    try:
        return version("cadran")
    except PackageNotFoundError:
        return "(not installed)"


def _demo(args: argparse.Namespace) -> int:
    from cadran.cli.demo import demo

    return demo(args)


def _run(args: argparse.Namespace) -> int:
    from cadran.cli.run import run

    return run(args)


def _open(args: argparse.Namespace) -> int:
    from cadran.cli.open import open_

    return open_(args)


def _send(args: argparse.Namespace) -> int:
    from cadran.cli.send import send

    return send(args)
