"""The command line.  Results go to standard output, progress and errors to standard error.

Commands are listed in the order of these imports.
"""

from krimpsim.cli import scenarios, sweeps, analysis, files, about  # noqa: F401, I001
from krimpsim.cli.app import app as app, main as main
