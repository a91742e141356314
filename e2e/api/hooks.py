"""What schemathesis must not hold against an HTTP server: headers that nobody described are ignored, not refused
(RFC 9110, 5.1), so a request that differs by such a header alone is no wrong one."""

import schemathesis


@schemathesis.hook
def filter_case(context, case) -> bool:
    names = {name.lower() for name in (case.headers or {})}
    return "x-schemathesis-unknown-property" not in names
