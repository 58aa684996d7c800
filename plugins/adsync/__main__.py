"""`python -m adsync`: the work of the DAGs without Airflow. `adsync.cli.app` lists commands and exit codes."""

from __future__ import annotations

import sys

from adsync.cli.app import main

sys.exit(main(sys.argv[1:]))
