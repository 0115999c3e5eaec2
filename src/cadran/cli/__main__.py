"""``python -m cadran.cli`` is the command ``cadran``."""

import sys

from cadran.cli.main import main

sys.exit(main())
