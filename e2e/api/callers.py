"""Who asks in the API's test: prints one line a caller: name, addresses asked, header, divided by tabs.

callers.py URL KNOWN — signs in as people of the demo city by their one-click forms, lets the security administrator issue
a token for a department's system, and takes penalty cases to different stages, whose numbers go into the file KNOWN
beside those of permits.
"""

import base64
import json
import re
import struct
import sys
import uuid
import zlib
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from zoneinfo import ZoneInfo

import requests

URL, KNOWN = sys.argv[1], sys.argv[2]
# The city's day: from 16:00 UTC on it is tomorrow's.
TODAY_DATE = datetime.now(ZoneInfo("Asia/Shanghai")).date()
TODAY = str(TODAY_DATE)


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
        "valid_to": str(TODAY_DATE + timedelta(days=30)),
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


def call(header: str, path: str, body: dict | None = None, seen: int | None = None) -> dict:
    """Reads, or with a body commands; anything but success ends the test."""
    name, value = header.split(": ", 1)
    headers = {name: value, "Content-Type": "application/json"}
    if body is None:
        answer = requests.get(f"{URL}{path}", headers=headers, timeout=20)
    else:
        headers["Idempotency-Key"] = uuid.uuid4().hex
        if seen is not None:
            headers["Seen-Version"] = str(seen)
        answer = requests.post(f"{URL}{path}", data=json.dumps(body), headers=headers, timeout=20)
    if answer.status_code not in (200, 201):
        raise SystemExit(f"{path}: {answer.status_code} {answer.text}")
    return answer.json()


def file(name: str) -> dict:
    """A photograph of one grey point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    image = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00\x80")) + chunk(b"IEND", b"")
    return {"name": f"{name}.png", "content": base64.b64encode(image).decode()}


class Penalty:
    """A case taken along its way by the people of the demo city."""

    def __init__(self, officers: dict[str, str]) -> None:
        self.officers = officers
        lead = {
            "item_code": "33030300SJ-CF-0003",
            "source": "inspection",
            "received_on": TODAY,
            "content": "进货时没有查验供货者的许可证",
            "place": "永中街道演示路8号",
        }
        self.case_no = call(officers["handler"], "/api/v1/penalties", lead)["case_no"]

    def shown(self, who: str) -> dict:
        return call(self.officers[who], f"/api/v1/penalties/{self.case_no}")

    def act(self, who: str, act: str, body: dict) -> None:
        path = f"/api/v1/penalties/{self.case_no}/acts/{act}"
        call(self.officers[who], path, body, self.shown(who)["version"])

    def open(self, investigators: list[str], acted_on: str) -> None:
        opening = {
            "open": True,
            "cause": "涉嫌进货时未查验许可证",
            "party": {
                "kind": "organisation",
                "name": "龙湾区好滋味小餐馆（演示）",
                "uscc": "91330303MA2000000E",
                "legal_representative": "李琴",
                "contact": "李琴",
                "phone": "13800000002",
                "address": "永中街道演示路8号",
            },
            "acted_from": acted_on,
            "acted_to": acted_on,
            "discovered_on": TODAY,
            "facts": "不能提供供货者的许可证",
            "reasons": "涉嫌违反食品安全法第五十三条",
            "investigators": investigators,
            "opinion": "建议立案",
        }
        self.act("handler", "propose_opening", opening)
        self.act("reviewer", "review_opening", {"stance": "positive", "opinion": "同意"})
        self.act("head", "approve_opening", {"decision": "open", "opinion": "批准"})

    def tell(self, investigators: list[str]) -> None:
        evidence = {
            "kind": "documentary",
            "name": "进货票据",
            "source": "当事人提供",
            "place": "经营场所",
            "taken_on": TODAY,
            "proves": "没有留存许可证",
            "takers": investigators,
            "shown_certificates": True,
            "file": file("进货票据"),
            "kept_at": "物证柜",
        }
        self.act("handler", "record_evidence", evidence)
        report = {
            "facts": "进货时没有查验许可证，责令改正后拒不改正",
            "evidence": [self.shown("handler")["evidence"][0]["evidence_id"]],
            "violated": ["食品安全法第五十三条第一款"],
            "proposal": {"outcome": "penalty", "fine": 2_000_000},
            "reasons": "事实清楚",
            "correction": {"order": "at_once"},
            "opinion": "建议如上",
        }
        self.act("handler", "end_investigation", report)
        self.act("reviewer", "review_proposal", {"stance": "positive", "opinion": "同意"})
        self.act("handler", "notify", {"contact": "方磊", "phone": "0577-00001111"})
        self.serve("serve_notice")

    def decide(self, party: str) -> None:
        own = f"/api/v1/my/penalties/{self.case_no}"
        call(party, f"{own}/waive", {}, call(party, own)["version"])
        review = {
            "passed": True,
            "qualification": {"by": "legal_profession", "certificate_no": "A20203303030001"},
            "opinion": "程序合法",
        }
        self.act("legal", "legal_review", review)
        self.act("head", "decide", {"outcome": {"outcome": "penalty", "fine": 2_000_000}, "opinion": "按此决定"})
        self.serve("serve_decision")

    def serve(self, act: str) -> None:
        way = {"way": "personal", "recipient": "李琴", "relation": "法定代表人", "place": "经营场所", "signed": True}
        self.act("handler", act, {"by": way, "served_on": TODAY})


def penalties(officers: dict[str, str], party: str) -> list[str]:
    """A lead, an opened case, one that waits for the party's answer, one with a fine to pay."""
    lead, opened, told, decided = (Penalty(officers) for _ in range(4))
    listed = call(officers["handler"], f"/api/v1/penalties/{lead.case_no}/officers")["rows"]
    two = [officer["account"] for officer in listed if officer["name"] in ("方磊", "夏雨")]
    for days, case in enumerate((opened, told, decided), start=10):
        case.open(two, str(TODAY_DATE - timedelta(days=days)))
    for case in (told, decided):
        case.tell(two)
    decided.decide(party)
    return [case.case_no for case in (lead, opened, told, decided)]


def main() -> None:
    staff, citizens = accounts("staff"), accounts("person")

    def named(words: list[str], known: list[str]) -> str:
        return next(account for account in known if any(word in account for word in words))

    def officer(account: str) -> str:
        return cookie_of(account, "staff")

    security, system = officer(named(["security"], staff)), officer(named(["system"], staff))
    officers = {
        "handler": officer("acc-demo-inspector"),
        "reviewer": officer("acc-demo-inspection-chief"),
        "head": officer("acc-demo-approver"),
        "legal": officer("acc-demo-legal-reviewer"),
    }
    party = cookie_of(named(["owner"], citizens), "person")
    department = token(security, system)
    known = {
        "penalties": penalties(officers, party),
        "permits": [row["case_no"] for row in call(department, "/api/v1/cases?size=20")["rows"]],
    }
    with open(KNOWN, "w", encoding="utf-8") as out:
        json.dump(known, out)
    everything, of_penalties = "/api/", "/penalties"
    lines = [
        ("nobody", "", everything),
        ("a department's system", department, everything),
        ("a citizen, party of penalties", party, everything),
        ("the security administrator", security, everything),
        ("the system administrator", system, everything),
        ("an investigator", officers["handler"], of_penalties),
        ("a head", officers["head"], of_penalties),
    ]
    for name, header, addresses in lines:
        print(f"{name}\t{addresses}\t{header}")


main()
