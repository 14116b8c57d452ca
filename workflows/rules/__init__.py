"""The law as plain Python: checklists, facts, duties. No Django, no query, no clock: dates are passed in."""
