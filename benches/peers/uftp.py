"""A FlexOffer that says 96 ISPs one by one: written, and read with all checks, here and by the public Python library.

Usage: uftp.py [--no-bench]   with a Python that has the packages of the shared folder's uftp/peer/requirements.lock

Ours: `cargo bench -- uftp` (with --no-bench its last figures), the median of each. Reading includes the schema's rules, which the
reader applies, and then all rules of a receiver; the library has neither. Theirs: the library's own functions; with the schema
applied by lxml besides, since the library does not. Both run on one core of the same machine, one after the other.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

root = Path(__file__).resolve().parents[2]
shared = Path(os.environ.get("COPPERPLATE_SHARED", root.parent / "shared"))
sys.dont_write_bytecode = True
sys.path.insert(0, str(shared / "uftp" / "peer"))
import uftp_common  # noqa: E402  silences the library's log
from shapeshifter_uftp import uftp as U  # noqa: E402
from shapeshifter_uftp.transport import from_xml, to_xml  # noqa: E402

NAMES = {"write": "encode a 96-ISP FlexOffer", "read": "decode a 96-ISP FlexOffer", "check": "check a 96-ISP FlexOffer"}


def ours():
    """Median time of each benchmark, s."""
    if "--no-bench" not in sys.argv:
        subprocess.run(["cargo", "bench", "--bench", "main", "--", "uftp"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    folder = Path(os.environ.get("CARGO_TARGET_DIR", root / "target")) / "criterion" / "uftp"
    point = lambda name: json.loads((folder / name / "new" / "estimates.json").read_text())["median"]["point_estimate"]  # noqa: E731
    return {key: point(name) * 1e-9 for key, name in NAMES.items()}


def offer():
    isps = [U.FlexOfferOptionISP(power=-1000 - n, start=n, duration=1) for n in range(1, 97)]
    option = U.FlexOfferOption(option_reference="A", price=15, min_activation_factor=0.5, isps=isps)
    ids = [f"5eed0000-0000-4000-8000-{n:012}" for n in range(4)]
    return U.FlexOffer(
        version="3.1.0", sender_domain="agr.example.com", recipient_domain="dso.example.com", time_stamp="2026-03-09T14:30:00+01:00",
        message_id=ids[0], conversation_id=ids[1], isp_duration="PT15M", time_zone="Europe/Amsterdam", period="2026-03-10",
        congestion_point="ea1.2024-01.com.example.dso:feeder-7", expiration_date_time="2026-03-09T17:00:00+01:00", unsolicited=False,
        flex_request_message_id=ids[2], contract_id="C-1", d_prognosis_message_id=ids[3], currency="EUR", offer_options=[option])


def median(act):
    """Median time of `act` in blocks of about a tenth of a second, s."""
    act()
    times = []
    for _ in range(15):
        count, began = 0, time.perf_counter()
        while time.perf_counter() - began < 0.1:
            act()
            count += 1
        times.append((time.perf_counter() - began) / count)
    return statistics.median(times)


mine = ours()
message = offer()
text = to_xml(message)
payload = text.encode() if isinstance(text, str) else text
theirs = {"write": median(lambda: to_xml(message)), "read": median(lambda: from_xml(payload))}
schema = median(lambda: uftp_common.xsd_errors(payload, "3.1.0-ean18"))

read = mine["read"] + mine["check"]
rows = [
    ("write", mine["write"], theirs["write"]),
    ("read, all checks", read, theirs["read"] + schema),
    ("write, read, all checks", mine["write"] + read, sum(theirs.values()) + schema),
    ("the same, their checks left out", mine["write"] + read, sum(theirs.values())),
]
print(f"{'96-ISP FlexOffer':34}{'ours µs':>10}{'theirs µs':>12}{'ratio':>8}")
for what, own, other in rows:
    print(f"{what:34}{own * 1e6:10.2f}{other * 1e6:12.1f}{other / own:8.0f}")
print(f"{'rules on the object alone':34}{mine['check'] * 1e6:10.2f}")
