"""The command ``cadran``: reads the command line and turns errors into one message and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cadran.cli.parser import make_parser
from cadran.errors import CadranError, UsageError

EXIT_OUTSIDE = 1
"""The world outside failed: a server that is not there, a file that cannot be read."""
EXIT_USAGE = 2
"""The command or the program that it names must change; argparse exits with the same."""
EXIT_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (the process's own if None) and return its exit code."""
    args = make_parser().parse_args(argv)
    try:
        code: int = args.command(args)
    except CadranError as error:
        print(f"cadran: {error}", file=sys.stderr)
        return EXIT_USAGE if isinstance(error, UsageError) else EXIT_OUTSIDE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return code
