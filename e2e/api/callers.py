"""Who asks in the API's test: prints one line a caller, name and header divided by a tab.

callers.py URL — signs in as people of the demo city by their one-click forms, and lets the security administrator issue
a token for a department's system.
"""

import json
import re
import sys
import uuid
from datetime import date, timedelta
from http.cookies import SimpleCookie

import requests

URL = sys.argv[1]


def hidden(page: str, name: str) -> str:
    found = re.findall(rf'name="{name}" value="([^"]*)"', page)
    if not found:
        raise SystemExit(f"no field {name} on the sign-in page")
    return found[-1]


def cookie_of(account: str, kind: str) -> str:
    """The session cookie of a demo person. The forms of the page share one token."""
    session = requests.Session()
    page = session.get(f"{URL}/sign-in", params={"kind": kind}, timeout=20).text
    fields = {name: hidden(page, name) for name in ("_csrf", "_key")}
    answer = session.post(
        f"{URL}/sign-in/demo",
        data={**fields, "account": account, "return": "", "kind": kind},
        allow_redirects=False,
        timeout=20,
    )
    if answer.status_code != 303:
        raise SystemExit(f"{account} could not sign in: {answer.status_code}")
    cookies = SimpleCookie(answer.headers["set-cookie"])
    value = cookies["mingjing"].value if "mingjing" in cookies else session.cookies["mingjing"]
    return f"Cookie: mingjing={value}"


def accounts(kind: str) -> list[str]:
    page = requests.get(f"{URL}/sign-in", params={"kind": kind}, timeout=20).text
    return re.findall(r'name="account" value="([^"]+)"', page)


def token(security: str, system: str) -> str:
    """A token with every post of one body that a system may have."""
    ask = {"Content-Type": "application/json"}
    ask["Cookie"] = system.removeprefix("Cookie: ")
    bodies = requests.get(f"{URL}/api/v1/bodies", headers=ask, timeout=20).json()["rows"]
    body = next(body["body"] for body in bodies if body["body"] == "33030300SJ")
    posts = requests.get(f"{URL}/api/v1/bodies/{body}/posts", headers=ask, timeout=20).json()["rows"]
    held = [post["post"] for post in posts if post["role"] not in ("supervisor", "legal_officer", "legal_reviewer")]
    order = {
        "name": "接口测试系统",
        "body": body,
        "posts": held[:20],
        "valid_to": str(date.today() + timedelta(days=30)),
    }
    headers = {
        "Content-Type": "application/json",
        "Cookie": security.removeprefix("Cookie: "),
        "Idempotency-Key": uuid.uuid4().hex,
    }
    answer = requests.post(f"{URL}/api/v1/tokens", data=json.dumps(order), headers=headers, timeout=20)
    if answer.status_code != 201:
        raise SystemExit(f"no token: {answer.status_code} {answer.text}")
    return f"Authorization: Bearer {answer.json()['token']}"


def main() -> None:
    staff, citizens = accounts("staff"), accounts("person")

    def named(words: list[str], known: list[str]) -> str:
        return next(account for account in known if any(word in account for word in words))

    security = cookie_of(named(["security"], staff), "staff")
    system = cookie_of(named(["system"], staff), "staff")
    lines = [
        ("nobody", ""),
        ("a department's system", token(security, system)),
        ("a citizen", cookie_of(citizens[0], "person")),
        ("the security administrator", security),
        ("the system administrator", system),
    ]
    for name, header in lines:
        print(f"{name}\t{header}")


main()
