"""What schemathesis must know about this server.

Headers that nobody described are ignored, not refused (RFC 9110, 5.1), so a request that differs by such a header alone is
no wrong one. And a number thrown at random names no case: every second right request names one that exists, in the
version that stands, so that the law is asked and not only the door.
"""

import json
import os

import requests
import schemathesis

with open(os.environ["MINGJING_KNOWN"], encoding="utf-8") as file:
    KNOWN = json.load(file)
turn = 0


@schemathesis.hook
def filter_case(context, case) -> bool:
    names = {name.lower() for name in (case.headers or {})}
    return "x-schemathesis-unknown-property" not in names


@schemathesis.hook
def before_call(context, case, kwargs) -> None:
    global turn
    wrong = case.meta is not None and not case.meta.generation.mode.is_positive
    if wrong or "case_no" not in (case.path_parameters or {}):
        return
    turn += 1
    if turn % 2:
        return
    numbers = KNOWN["penalties" if "/penalties/" in case.path else "permits"]
    number = numbers[turn // 2 % len(numbers)]
    case.path_parameters["case_no"] = number
    if "Seen-Version" in (case.headers or {}):
        version = version_of(case, number, kwargs.get("headers") or {})
        if version is not None:
            case.headers["Seen-Version"] = str(version)


def version_of(case, number: str, credentials: dict) -> int | None:
    """The version that the caller would have seen; nothing where the case is none of its."""
    start = case.path.split("{case_no}")[0]
    base = case.operation.base_url.rstrip("/")
    answer = requests.get(f"{base}{start}{number}", headers=credentials, timeout=20)
    return answer.json()["version"] if answer.status_code == 200 else None
