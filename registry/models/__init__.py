from .applicants import Agent, Applicant, validate_uscc
from .bureaus import Act, Authority, Bureau, BureauKind, PromisedTime
from .calendar import CalendarDay
from .clauses import Clause, Instrument
from .geography import Division
from .institutions import Disclosure, Filing, Institution, Site
from .numbers import NumberCounter, NumberFormat
from .people import Membership, Person, Role
from .records import LegalRecord

__all__ = [
    "Act", "Agent", "Applicant", "Authority", "Bureau", "BureauKind", "CalendarDay", "Clause", "Disclosure", "Division",
    "Filing", "Institution", "Instrument", "LegalRecord", "Membership", "NumberCounter", "NumberFormat", "Person",
    "PromisedTime", "Role", "Site", "validate_uscc",
]  # fmt: skip
