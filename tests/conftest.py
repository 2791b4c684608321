"""What every test has: one way for hypothesis to behave, on a busy machine as on an idle one."""

import os

from hypothesis import settings

settings.register_profile("house", deadline=None, print_blob=True)
# The judging run always tries the same examples; at home every run tries others.
settings.register_profile("ci", parent=settings.get_profile("house"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")
