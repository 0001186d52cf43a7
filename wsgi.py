"""What a server runs: `waitress-serve wsgi:app` or `gunicorn wsgi:app`; `flask` finds it by itself."""

from incubator import create_app
from incubator.config import from_environment

app = create_app(from_environment())
