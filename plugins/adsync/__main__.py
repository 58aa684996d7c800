"""`python -m adsync`: the same work as the DAGs do, without Airflow.

Exit code 0: done. 1: something went wrong that may pass. 2: a person has to correct something.
"""

from __future__ import annotations

import sys

from adsync.cli.app import main

sys.exit(main(sys.argv[1:]))
