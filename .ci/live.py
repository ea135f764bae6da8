"""Trades over loopback between `copperplate participant` and an independent implementation of the protocol, with and without mischief.

Usage: live.py BINARY SHARED [CASE…]

| case | what happens | what must come out |
|---|---|---|
| whole | as aggregator and as operator, a whole trade from prognosis over request, offers, a revocation and an order to settlement | every message once, valid for schema, judge and `message check`; settled and undisputed |
| flood | 2000 idle connections and 100 stalled bodies under `ulimit -n 256` | a signed message is answered within 2 s, and afterwards the trade goes on |
| forged | 10 000 forged, replayed and misaddressed messages during a trade | the trade completes, the journal holds nothing of them |
| killed | kill -9 at 50 random moments of a trade, as aggregator and as operator | both books agree at the end |
| disk | the journal's disk is full | exit code 1 with a reason, no half-written file |

Without a case all of them run, side by side where they do not measure time.
"""

import http.client
import os
import random
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from pathlib import Path
from uuid import uuid4

from live_peer import PATH, PERIOD, Clock, Side, U, binary, shared
from nacl.bindings import crypto_sign
from shapeshifter_uftp.transport import to_xml

EXPECTED = {
    "agr": {"out": {"D-Prognosis": 2, "FlexRequestResponse": 1, "FlexOffer": 3, "FlexOfferRevocation": 1, "FlexOrderResponse": 1, "Metering": 1,
                    "FlexSettlementResponse": 1},
            "in": {"D-PrognosisResponse": 2, "FlexRequest": 1, "FlexOfferResponse": 3, "FlexOfferRevocationResponse": 1, "FlexOrder": 1,
                   "MeteringResponse": 1, "FlexSettlement": 1}},
    "dso": {"out": {"D-PrognosisResponse": 2, "FlexRequest": 1, "FlexOfferResponse": 2, "FlexOfferRevocationResponse": 1, "FlexOrder": 1,
                    "MeteringResponse": 3, "FlexSettlement": 1},
            "in": {"D-Prognosis": 2, "FlexRequestResponse": 1, "FlexOffer": 2, "FlexOfferRevocation": 1, "FlexOrderResponse": 1, "Metering": 3,
                   "FlexSettlementResponse": 1}},
}


# ------------------------------------------------------------------------------------------------------------- verdicts


def counts(side, faults):
    """Every message of a trade once, under numbers without a gap."""
    kept = side.kept()
    for n, path in enumerate(kept, 1):
        if int(path.stem.split("-")[0]) != n:
            faults.append(f"{path.name} where number {n} is due")
            break
    for way, expected in EXPECTED[side.role].items():
        found = {}
        for path in kept:
            _, direction, name = path.stem.split("-", 2)
            if direction == way:
                found[name] = found.get(name, 0) + 1
        if found != expected:
            faults.append(f"{way}: {found} instead of {expected}")


def validity(side, faults):
    """Schema, judge and `message check` on everything kept."""
    kept = side.kept()
    oracle = [sys.executable, "-B", shared / "uftp/peer/oracle.py", "--xsd", "3.1.0-ean18", *kept]
    judged = subprocess.run(oracle, capture_output=True, text=True)
    faults.extend(line for line in judged.stdout.splitlines() if '"ok": true' not in line)
    checked = subprocess.run([binary, "message", "check", *kept], capture_output=True, text=True)
    faults.extend(line for line in checked.stdout.splitlines() if not line.endswith(": ok"))


def books(side, faults):
    """What one side has on paper the other has, too: each message sent came, nothing came that was not sent, money is equal."""
    from xml.etree import ElementTree

    ours = {"in": {}, "out": {}}
    for path in side.kept():
        root = ElementTree.parse(path).getroot()
        number = root.get("MessageID")
        if number in ours["in"] or number in ours["out"]:
            faults.append(f"{path.name}: {number} stands in the archive twice")
        ours[path.stem.split("-")[1]][number] = root
    for name, here, there in [("sent", ours["out"], side.peer.seen), ("received", ours["in"], side.peer.sent)]:
        if set(here) != set(there):
            faults.append(f"{name}: {len(set(here) - set(there))} here alone, {len(set(there) - set(here))} there alone")
    orders = [r for m in ours.values() for r in m.values() if r.tag == "FlexOrder"]
    settled = [i for m in ours.values() for r in m.values() if r.tag == "FlexSettlement" for i in r.iter("FlexOrderSettlement")]
    if [o.get("OrderReference") for o in orders] != [i.get("OrderReference") for i in settled]:
        faults.append("the settlement names other orders than were given")
    if any(float(o.get("Price")) != float(i.get("Price")) for o, i in zip(orders, settled)):
        faults.append("an order is settled at another price")
    if any("Disputed" in path.read_text() for path in side.kept()):
        faults.append("the settlement is disputed")


def told(side, code, faults):
    """Exit code, and what the participant said."""
    faults.extend(side.peer.faults)
    if code != 0:
        faults.append(f"exit code {code}")
    payments = [line.split("  ", 1)[1] for line in side.log if line.split("  ")[1] == "payment"]
    if len(payments) != len(set(payments)):
        faults.append("a payment was told twice")


# ---------------------------------------------------------------------------------------------------------------- cases


def whole(role, temp):
    side, faults = Side(role, temp / f"whole_{role}", Clock("2026-03-09T12:00", 3600)), []
    side.begin()
    told(side, side.end(120), faults)
    counts(side, faults)
    validity(side, faults)
    books(side, faults)
    if role == "dso" and not any("  payment" in line for line in side.log):
        faults.append("nothing was paid")
    return side, faults, f"{len(side.kept())} messages"


def last_day(side, faults):
    """The night is skipped: both clocks go on shortly before metering, while the participant is down."""
    if side.run.poll() is None:
        side.kill()
    side.set_clock("2026-03-11T05:45", 900)
    if not side.start():
        faults.append("it does not start again")


def killed(role, temp, kills=50):
    side, faults = Side(role, temp / f"killed_{role}", Clock("2026-03-09T12:45", 600)), []
    rng, restarts = random.Random(f"killed {role}"), 0
    side.begin()
    # Trade takes 45 s, metering and settlement 15 s.
    for phase, count, seconds in [("trade", kills - 12, 45), ("settlement", 12, 8)]:
        moments, began = sorted(rng.uniform(0.2, seconds) for _ in range(count)), time.monotonic()
        for moment in moments:
            # At a random moment, or right after something was taken in, before it is answered.
            side.peer.taken_in.clear()
            side.peer.taken_in.wait(max(0.0, began + moment - time.monotonic()))
            if side.run.poll() is None:
                side.kill()
                restarts += 1
            elif side.run.returncode != 0:
                faults.append(f"it ended by itself with {side.run.returncode}")
            if not side.start() and side.end(10) != 0:
                faults.append("it does not start again")
        if phase == "trade":
            time.sleep(max(0.0, began + seconds - time.monotonic()))
            last_day(side, faults)
    told(side, side.end(60), faults)
    counts(side, faults)
    validity(side, faults)
    books(side, faults)
    return side, faults, f"{restarts} kills, {len(side.kept())} messages"


def sealed(secret, payload, domain, role, gap=" "):
    body = b64encode(crypto_sign(payload.encode(), secret)).decode()
    return f'<SignedMessage SenderDomain="{domain}"{gap}SenderRole="{role}" Body="{body}"/>'.encode()


def posted(port, body, seconds=10):
    """Status of a POST."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("POST", PATH, body, {"Content-Type": "text/xml"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_message(side):
    message = U.TestMessage(version="3.1.0", sender_domain=side.other, recipient_domain=side.domain, message_id=str(uuid4()),
                            conversation_id=str(uuid4()), time_stamp=side.clock.now().isoformat(timespec="seconds"))
    return message.conversation_id, to_xml(message)


def flood(temp):
    side, faults = Side("agr", temp / "flood", Clock("2026-03-09T12:00", 60)), []
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    side.start(files=256)
    idle, stalled, held = [], [], 2000
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\nabc".encode()

    def connect(sockets, first=b""):
        try:
            sockets.append(socket.create_connection(("127.0.0.1", side.port), 10))
            if first:
                sockets[-1].sendall(first)
        except OSError:
            pass

    def answered():
        """Seconds until a signed message is taken in, and until its answer is there."""
        conversation, payload = test_message(side)
        began = time.monotonic()
        status = posted(side.port, sealed(side.secret, payload, side.other, "DSO"))
        taken = time.monotonic() - began
        while not any(m.conversation_id == conversation for m in list(side.peer.seen.values())):
            if time.monotonic() - began > 20:
                faults.append(f"no answer within 20 s to a message that got {status}")
                break
            time.sleep(0.01)
        return taken, time.monotonic() - began

    for _ in range(held):
        connect(idle)
    for _ in range(100):
        connect(stalled, head)
    times = [answered() for _ in range(5)]
    # And while others come in as fast as they can.
    busy = threading.Event()

    def storm():
        while not busy.is_set():
            connect(idle)
            if len(idle) > held:
                idle.pop(0).close()

    storms = [threading.Thread(target=storm, daemon=True) for _ in range(2)]
    for s in storms:
        s.start()
    times += [answered() for _ in range(5)]
    busy.set()
    for s in storms:
        s.join()
    worst = max(t for _, t in times)
    if worst > 2:
        faults.append(f"a signed message was answered after {worst:.2f} s")
    figures = side.metrics()
    if figures["copperplate_connections_dropped_total"] < 1000:
        faults.append("hardly any connection was dropped")
    if not any("  dropped" in line for line in side.log):
        faults.append("nothing is said about dropped connections")
    for s in idle + stalled:
        s.close()
    time.sleep(1)
    times.append(answered())
    if side.run.poll() is not None:
        faults.append("it ended")
    side.kill()
    text = f"{held} idle and 100 stalled, answered within {worst:.3f} s (taken in within {max(t for t, _ in times):.3f} s), "
    return side, faults, text + f"{figures['copperplate_connections_dropped_total']:.0f} dropped"


def forged(temp, number=10_000):
    side, faults = Side("agr", temp / "forged", Clock("2026-03-09T12:00", 600)), []
    rng, statuses = random.Random("forged"), {}
    side.begin()
    stranger = bytes(rng.randrange(256) for _ in range(64))
    while not side.peer.sent:
        time.sleep(0.1)

    def one(n):
        _, payload = test_message(side)
        sent = list(side.peer.sent.values())
        match n % 5:
            case 0:  # signed by somebody else
                return sealed(stranger, payload, side.other, "DSO")
            case 1:  # by nobody known
                return sealed(side.secret, payload, "dso.nowhere.example.com", "DSO")
            case 2:  # replayed, in an envelope that is written differently each time
                return sealed(side.secret, to_xml(rng.choice(sent)), side.other, "DSO", " " * (1 + n))
            case 3:  # to somebody else
                return sealed(side.secret, payload.replace(side.domain, "agr.elsewhere.example.com"), side.other, "DSO")
            case _:  # no message, with a line for the log
                return b'<SignedMessage SenderDomain="&#10;2026-03-09T12:00:05+01:00  payment      amount=9.99&#10;" SenderRole="DSO" Body="x"/>'

    def many(numbers):
        for n in numbers:
            # Over the whole trade.
            time.sleep(max(0.0, began + 45 * n / number - time.monotonic()))
            try:
                status = posted(side.port, one(n))
            except OSError as e:
                status = type(e).__name__
            statuses[status] = statuses.get(status, 0) + 1

    began = time.monotonic()
    workers = [threading.Thread(target=many, args=(range(k, number, 4),)) for k in range(4)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    took = time.monotonic() - began
    late = [m for m in side.peer.faults]
    while side.clock.now().isoformat() < "2026-03-09T20:15":
        time.sleep(0.2)
    figures = side.metrics()
    last_day(side, faults)
    told(side, side.end(60), faults)
    counts(side, faults)
    books(side, faults)
    if sum(statuses.values()) != number or set(statuses) - {200, 400, 401, 419, 429}:
        faults.append(f"statuses {statuses}")
    journal = side.folder / "participant.journal"
    messages = journal.read_text().count('"message":{')
    if messages > sum(EXPECTED["agr"]["in"].values()):
        faults.append(f"{messages} messages in the journal")
    if any(line.startswith("2026-03-09T12:00:05+01:00  payment") for line in side.log):
        faults.append("a stranger wrote a line of the log")
    again = sum(v for k, v in figures.items() if 'result="again"' in k)
    text = f"{number} in {took:.0f} s: {dict(sorted(statuses.items(), key=str))}, {again:.0f} replays, journal {journal.stat().st_size} bytes"
    return side, faults + late, text + f", log {len(side.log)} lines"


def disk(temp):
    """A limit on the size of files is as good as a full disk."""
    side, faults = Side("agr", temp / "disk", Clock("2026-03-09T12:00", 3600)), []
    config = side.folder / "participant.toml"
    full = "import resource, signal, os, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); " \
           "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)); os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", full, binary, "participant", "--role", "agr", "--config", config]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    side.log.append(run.stdout)
    if run.returncode != 1 or "cannot write the journal" not in run.stderr or "  stopped" not in run.stdout:
        faults.append(f"exit code {run.returncode}: {run.stderr}")
    faults.extend(f"{p.name} is empty or partial" for p in (side.folder / "kept").iterdir() if p.stat().st_size == 0 or p.suffix != ".xml")
    if not side.begin():
        faults.append("with room again it does not start")
    side.kill()
    return side, faults, "exit code 1, and it starts again with room"


CASES = {
    "whole agr": lambda temp: whole("agr", temp),
    "whole dso": lambda temp: whole("dso", temp),
    "killed agr": lambda temp: killed("agr", temp),
    "killed dso": lambda temp: killed("dso", temp),
    "forged": forged,
    "disk": disk,
    "flood": flood,
}
# What measures time runs alone; what is busy beside what mostly waits.
GROUPS = [["whole agr", "whole dso", "disk", "forged"], ["killed agr", "killed dso"], ["flood"]]


def play(name, temp, results):
    began = time.monotonic()
    try:
        side, faults, figures = CASES[name](temp)
        log = "".join(side.log)
    except Exception as e:  # noqa: BLE001  a case that breaks down has failed
        import traceback

        faults, figures, log = ["".join(traceback.format_exception(e))], "broke down", ""
    results[name] = (faults, figures, log, time.monotonic() - began)


def main():
    wanted, results = sys.argv[3:], {}
    with tempfile.TemporaryDirectory() as temp:
        for group in GROUPS:
            names = [n for n in group if not wanted or n.split()[0] in wanted]
            threads = [threading.Thread(target=play, args=(n, Path(temp), results)) for n in names]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
        for name, (faults, figures, log, seconds) in results.items():
            if faults or name.startswith("whole"):
                print(f"---- {name}\n{log}")
            print(f"==== {name}: {figures}, {seconds:.0f} s" + "".join(f"\nFAULT: {f}" for f in faults))
        sys.stdout.flush()
        os._exit(1 if any(faults for faults, *_ in results.values()) else 0)


main()
