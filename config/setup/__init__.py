"""Set-up of a fresh checkout: `python3 -m config.setup`, run by the system's Python, standard library only.

Nothing is downloaded but through pip and apt. What cannot be had is said in Chinese, with the one line that helps, and
everything else goes on. A second call finds what is there and takes a second or two.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (whatever Python the machine has reads this line first)
    sys.exit("需要 Python 3.11 或更高版本，现在是 %s。" % sys.version.split()[0])  # noqa: UP031
