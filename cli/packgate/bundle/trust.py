"""The client's side of TUF: trusted metadata in a folder, refreshed from a repository, and targets fetched by it.

    DIR/anchor.json        the root that the user trusted
    DIR/root_history/      every root that followed, one signed by the other
    DIR/root.json, timestamp.json, snapshot.json, targets.json

The update itself is python-tuf's. Metadata that was verified stays even when a later step fails, so that nothing older is taken afterwards.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.api.metadata import Metadata, Root
from tuf.ngclient import Updater, UpdaterConfig

from packgate.bundle.diagnosis import diagnose
from packgate.bundle.distrust import NoRoot, RootUntrusted, TargetMissing
from packgate.bundle.durable import sync_folder, sync_tree, write_whole
from packgate.bundle.fetch import Fetcher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.bundle.fetch import Network


def anchor(folder: str, root: bytes) -> None:
    """Trust a root, given by the user. Raises `RootUntrusted` unless it is a root signed by itself; `OSError`."""
    try:
        metadata = Metadata[Root].from_bytes(root)
        metadata.verify_delegate("root", metadata)
    except Exception as error:  # a key that is none, or a wrong type, makes the library raise whatever it meets
        raise RootUntrusted(f"the trusted root can't be used: {error}") from None
    os.makedirs(folder, exist_ok=True)
    write_whole(os.path.join(folder, "anchor.json"), root)


class Client:
    """One update: metadata is refreshed once, then targets are fetched by it.

    ``metadata_url`` and ``target_url`` are http, https or file addresses. Raises `NoRoot` without an anchor in ``folder``.
    """

    def __init__(self, folder: str, metadata_url: str, target_url: str, network: Network, target_dir: str | None = None) -> None:
        try:
            with open(os.path.join(folder, "anchor.json"), "rb") as file:
                root = file.read()
        except FileNotFoundError:
            raise NoRoot("there is no root to trust yet") from None
        self.folder = folder
        self._fetcher = Recorder(network)
        _sweep(folder)
        with self._diagnosed():
            self._updater = Updater(
                folder, metadata_url, target_dir, target_url, self._fetcher, UpdaterConfig(app_user_agent="packgate"), bootstrap=root
            )

    def refresh(self) -> None:
        """Bring the metadata up to date. Raises the `Refused` of what is wrong; what was verified before that is kept."""
        try:
            with self._diagnosed():
                self._updater.refresh()
        finally:
            # python-tuf replaces files in one step, but does not wait for the disk.
            sync_tree(self.folder)
            sync_folder(self.folder)

    def target(self, name: str, path: str | None = None) -> str:
        """Fetch a target into ``path`` (else under its quoted name) unless it is there already; its place. Raises `Refused`."""
        with self._diagnosed():
            info = self._updater.get_targetinfo(name)
            if info is None:
                raise TargetMissing(f"the repository's signed list has no target {name!r}")
            return self._updater.find_cached_target(info, path) or self._updater.download_target(info, path)

    @contextlib.contextmanager
    def _diagnosed(self) -> Iterator[None]:
        try:
            yield
        except (RepositoryError, DownloadError) as error:
            raise diagnose(error, self._fetcher.last, self._fetcher.received, self._known_root()) from error

    def _known_root(self) -> Root | None:
        """The newest root that was verified."""
        try:
            return Metadata[Root].from_file(os.path.join(self.folder, "root.json")).signed
        except (OSError, RepositoryError):
            return None


class Recorder(Fetcher):
    """A fetcher that keeps the last metadata file, so that a refusal can say what was wrong with it."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self.received: bytes | None = None

    def download_bytes(self, url: str, max_length: int) -> bytes:
        """As the interface says."""
        self.received = None
        self.received = super().download_bytes(url, max_length)
        return self.received


def _sweep(folder: str) -> None:
    """Remove what a process that was killed left half-written."""
    for name in os.listdir(folder):
        if name.startswith("tmp") or name.endswith(".part"):
            with contextlib.suppress(OSError):
                os.remove(os.path.join(folder, name))
