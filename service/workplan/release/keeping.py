"""Which of the kept releases is the current one, and which are kept: what an operator chooses.

It may not take away one that is in use.
"""

import fcntl
import shutil
from collections.abc import Sequence
from pathlib import Path

from workplan.model.errors import N_, InputError

from .build import UNFINISHED, Release, all_releases, current_release, inputs_digest, make_current, only_builder
from .placing import opened
from .sources import Home


def use(home: Home, folder: Path, given: str) -> Release:
    """Make the release in *folder* whose version begins with *given* the current one, until the sources change again.

    Raises InputError where there is none or more than one, and DamagedRelease where it is not what was written.
    """
    with only_builder(folder):
        release = _named(given, all_releases(folder), folder)
        release.ensure_whole()
        inputs = inputs_digest(home)
        make_current(release, passed_over="" if release.manifest.get("inputs") == inputs else inputs)
        return release


def prune(folder: Path, keep: int) -> tuple[list[Release], list[Release]]:
    """Take away all releases in *folder* but the *keep* latest, the current one and those in use.

    Returns those that are gone, and those that would be, were they not in use.
    """
    gone: list[Release] = []
    used: list[Release] = []
    with only_builder(folder):
        current = current_release(folder)
        for release in all_releases(folder)[keep:]:
            if release == current:
                continue
            (gone if _taken_away(release) else used).append(release)
    return gone, used


def _taken_away(release: Release) -> bool:
    """Take *release* away, unless a pool holds its folder; whether it is gone."""
    with opened(release.folder) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        # In one move, so that nobody finds half of it.
        aside = release.folder.with_name(f"{UNFINISHED}{release.version}")
        release.folder.rename(aside)
        shutil.rmtree(aside)
        return True


def _named(given: str, releases: Sequence[Release], folder: Path) -> Release:
    found = [release for release in releases if given and release.version.startswith(given)]
    if len(found) != 1:
        raise InputError(
            N_("No hi ha cap publicació «%(given)s» a %(folder)s; hi ha: %(known)s.")
            if not found
            else N_("A %(folder)s hi ha més d'una publicació que comença per «%(given)s»: %(known)s."),
            given=given,
            folder=folder,
            known=", ".join(release.version for release in found or releases) or "–",
        )
    return found[0]
