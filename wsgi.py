"""What a server runs: `waitress-serve wsgi:app` or `gunicorn wsgi:app`; `flask` finds it by itself.

What is loaded here stays to the end, so nothing looks for cycles among it: neither now nor with every later search;
nor among anything once the program ends. That is a good third of a second of each command.
"""

import atexit
import gc

gc.disable()

from incubator import create_app  # noqa: E402 - loading is what is held back
from incubator.config import from_environment  # noqa: E402

app = create_app(from_environment())
gc.freeze()
gc.enable()
atexit.register(gc.freeze)
