"""`python -m adsync_sandbox`, the same as `python -m adsync sandbox`."""

import sys

from adsync_sandbox.server.serve import main

sys.exit(main(sys.argv[1:]))
