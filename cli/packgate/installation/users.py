"""Which hooks decide from a folder of bundles: noted there, so that a pull prepares them for what it activates."""

from __future__ import annotations

import json
import os

from packgate.bundle.durable import write_whole
from packgate.errors import UserError
from packgate.hook.failure import Failure
from packgate.hook.settings import FILE, read_settings
from packgate.installation.refresh import refresh

NOTED = "hooks.json"


def add_user(bundles: str, into: str) -> None:
    """Note that the hook in a folder decides from these bundles. Where this user may not, the hook is prepared when it next runs."""
    known = noted_users(bundles)
    if into in known or not os.access(bundles, os.W_OK):
        return
    write_whole(os.path.join(bundles, NOTED), (json.dumps(sorted([*known, into]), indent=1) + "\n").encode())


def noted_users(bundles: str) -> list[str]:
    """The folders that are noted; none when the note is missing or unreadable, since nothing depends on it but time."""
    try:
        with open(os.path.join(bundles, NOTED), encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def refresh_users(bundles: str) -> list[UserError]:
    """Prepare the hooks of this user that decide from a folder of bundles; why some could not be.

    Those of other users are left to them: what a folder says that someone else can write is nothing to run.
    """
    place = os.path.abspath(bundles)
    errors = []
    for into in noted_users(place):
        try:
            if os.stat(into).st_uid != os.geteuid() or read_settings(os.path.join(into, FILE)).bundles != place:
                continue
            refresh(into)
        except (OSError, Failure):
            # It was taken away, or decides from other bundles now.
            continue
        except UserError as error:
            errors.append(error)
    return errors
