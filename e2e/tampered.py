"""A copy of a running city, with one row of its record changed by hand, as somebody with the disk might.

    python3 tampered.py CITY COPY    prints the stream of the changed event
"""
import shutil
import sqlite3
import sys
from pathlib import Path

city, copy = Path(sys.argv[1]), Path(sys.argv[2])
copy.mkdir(parents=True)
# What was shown, then what the signer remembers, then files, then the record: each holds at least what the one before
# it knows, so that the copy is a city that was stopped and not one that was rolled back.
shown = {path.parent.name: path.read_bytes() for path in (city / "ledger").glob("*/checkpoint")}
shutil.copytree(city / "ledger-journal", copy / "ledger-journal")
shutil.copytree(city / "ledger", copy / "ledger", ignore=shutil.ignore_patterns("checkpoint*"))
for shard, checkpoint in shown.items():
    (copy / "ledger" / shard / "checkpoint").write_bytes(checkpoint)
for name in ("keys", "blobs"):
    shutil.copytree(city / name, copy / name)
with sqlite3.connect(copy / "mingjing.db") as record:
    with sqlite3.connect(f"file:{city / 'mingjing.db'}?mode=ro", uri=True) as running:
        running.backup(record)
    for (trigger,) in record.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'").fetchall():
        record.execute(f"DROP TRIGGER {trigger}")
    (stream,) = record.execute("SELECT MAX(stream) FROM event WHERE kind = 'case.decided'").fetchone()
    changed = record.execute("UPDATE event SET post = 'another' WHERE kind = 'case.decided' AND stream = ?", (stream,))
    assert changed.rowcount == 1
print(stream)
