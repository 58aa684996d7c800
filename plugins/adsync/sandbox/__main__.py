"""`python -m adsync.sandbox`: the same as `python -m adsync sandbox`."""

import sys

from adsync.sandbox.serve import main

sys.exit(main(sys.argv[1:]))
