"""Set-up of a fresh checkout: `python3 -m config.setup`, run by the system's Python, standard library only.

Nothing is downloaded but through pip and apt. What cannot be had is said in Chinese, with the one line that helps, and
everything else goes on. A second call finds what is there and takes a second or two.
"""
