"""`make bench`: figures of this machine, as ratios measured in one run. Nothing here is asserted by a test."""
