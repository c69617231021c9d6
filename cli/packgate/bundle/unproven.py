"""Why a bundle is not published: what its release claims is not so, or can't be shown. Nothing is written then."""

from __future__ import annotations

from packgate.bundle.refusals import Refused


class ReleaseUnknown(Refused):
    """A bundle without a release that can be looked up: no tag, no valid one, or one whose predecessor is not here."""

    code = "release-unknown"
    meaning = "a bundle above audit without a tag, or whose tag, or a release that it builds on, is not a valid release of this repository"
    hint = "publish in the policy repository, with all its tags (git fetch --tags); where there is none: --ungated REASON"


class ReleaseDisagrees(Refused):
    """A bundle that is not what its release says, or a release that is not what the releases before it say."""

    code = "release-disagrees"
    meaning = "a bundle that is not what its tag and commit say, or a release that does not follow from the releases before it"
    hint = "build it from its tag: packgate bundle build TAG; and look at the tag: git show TAG"


class GatesNotMet(Refused):
    """A promotion whose gates, computed again, are not met."""

    code = "gates-not-met"
    meaning = "a release at a higher stage than the one before, whose gates, computed again from the events given, are not met"
    hint = "give what was recorded before the tag was made (--events FILE), and who approved it (--approved-by WHO)"
