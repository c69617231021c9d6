"""How generated tests draw their examples: the same ones at every run, so that a change is judged by what it changes.

`pytest --hypothesis-profile explore` draws new ones.
"""

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, database=None)
settings.register_profile("explore", derandomize=False)
settings.load_profile("fixed")
