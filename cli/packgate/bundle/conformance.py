"""The client of `packgate bundle pull` behind the command line of TUF's conformance suite.

    python -m packgate.bundle.conformance --metadata-dir D init ROOT
    python -m packgate.bundle.conformance --metadata-dir D --metadata-url U refresh
    python -m packgate.bundle.conformance --metadata-dir D --metadata-url U --target-name T --target-base-url U2 --target-dir D2 download

Exit code 0 when everything was verified, 1 otherwise, 2 for a wrong call.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from packgate.bundle.durable import write_whole
from packgate.bundle.extras import need_tuf
from packgate.bundle.refusals import Refused
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.bundle.trust import Client


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command of the protocol; the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        need_tuf()
        if options.command == "init":
            _init(options.metadata_dir, options.root)
        elif options.command == "refresh":
            _client(parser, options, ()).refresh()
        else:
            client = _client(parser, options, ("target_name", "target_base_url", "target_dir"))
            client.refresh()
            client.target(options.target_name)
    except Refused as error:
        sys.stderr.write(f"{error.code}: {error.message}\n")
        return 1
    except (UserError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _init(folder: str, root: str) -> None:
    from packgate.bundle.trust import anchor

    with open(root, "rb") as file:
        data = file.read()
    anchor(folder, data)
    write_whole(os.path.join(folder, "root.json"), data)


def _client(parser: argparse.ArgumentParser, options: argparse.Namespace, needed: Sequence[str]) -> Client:
    from packgate.bundle.fetch import Network
    from packgate.bundle.trust import Client

    for name in ("metadata_url", *needed):
        if getattr(options, name) is None:
            parser.error(f"{options.command} needs --{name.replace('_', '-')}")
    network = Network(environ=os.environ)
    return Client(options.metadata_dir, options.metadata_url, options.target_base_url or options.metadata_url, network, options.target_dir)


def _parser() -> argparse.ArgumentParser:
    about = "packgate's TUF client, as the conformance suite calls it."
    parser = argparse.ArgumentParser("python -m packgate.bundle.conformance", description=about)
    parser.add_argument("--metadata-dir", required=True)
    for name in ("--metadata-url", "--target-name", "--target-base-url", "--target-dir"):
        parser.add_argument(name)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init", help="trust a root").add_argument("root")
    commands.add_parser("refresh", help="bring metadata up to date")
    commands.add_parser("download", help="bring metadata up to date, then fetch a target")
    return parser


if __name__ == "__main__":
    sys.exit(main())
