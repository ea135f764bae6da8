"""The other side of a live trade: an operator and an aggregator made of an independent implementation of the protocol.

`live.py` imports this; it needs the packages of the shared peer. Both sides go by one clock that starts at a given time and runs
faster than the wall's. What a peer sends it sends until it is taken in, and a message that comes twice is answered as before.
"""

import json
import logging
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, Queue
from uuid import uuid4
from zoneinfo import ZoneInfo

binary, shared = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
sys.path.insert(0, str(shared / "uftp" / "peer"))
import uftp_common  # noqa: E402,F401  silences the library's log
from nacl.bindings import crypto_sign_keypair  # noqa: E402
from shapeshifter_uftp import ShapeshifterAgrService, ShapeshifterDsoService  # noqa: E402
from shapeshifter_uftp import uftp as U  # noqa: E402
from shapeshifter_uftp.service.base_service import snake_case  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
PATH = "/shapeshifter/api/v3/message"
PERIOD, ZONE, POINT = "2026-03-10", "Europe/Amsterdam", "ea1.2024-01.com.example.dso:feeder-7"
CONNECTIONS = [f"ean.2071101000000000{n:02}" for n in (6, 13, 20)]
NEEDED = range(49, 61)
FLEX = {"isp_duration": "PT15M", "time_zone": ZONE, "period": PERIOD, "congestion_point": POINT}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Clock:
    """Local time that runs `speed` times as fast as the wall's, from `start` on."""

    def __init__(self, start, speed):
        self.set(start, speed)

    def set(self, start, speed):
        self.text, self.speed = start, speed
        self.start, self.began = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(ZONE)), time.monotonic()

    def now(self):
        return self.start + timedelta(seconds=(time.monotonic() - self.began) * self.speed)

    def toml(self):
        return f'{{ start = "{self.text}", speed = {self.speed} }}'


class Peer:
    """The other side: answers each message in turn, in a thread of its own."""

    def __init__(self, base, domain, port, key, other, url, other_key, clock):
        self.inbox, self.faults, self.clock, self.due = Queue(), [], clock, []
        # By MessageID: what came, as it came, and what was answered; and what was sent.
        self.seen, self.answers, self.sent = {}, {}, {}
        # Set as soon as the participant has taken something in.
        self.taken_in = threading.Event()
        names = [n for n in dir(base) if n.startswith("process_")]
        put = {n: (lambda service, message, *_: self.inbox.put(message)) for n in names}
        service = type("Service", (base,), put)
        lookup = lambda value: (lambda domain, role: value if domain == other else None)  # noqa: E731
        self.service = service(sender_domain=domain, signing_key=b64encode(key).decode(), key_lookup_function=lookup(other_key),
                               endpoint_lookup_function=lookup(url), host="127.0.0.1", port=port, path=PATH, version="3.1.0")
        client = self.service.agr_client if base is ShapeshifterDsoService else self.service.dso_client
        self.client = client(other)
        for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
            logging.getLogger(name).handlers.clear()
            logging.getLogger(name).propagate = False
        self.service.run_in_thread()
        threading.Thread(target=self.work, daemon=True).start()

    def at(self, when, act):
        """Acts when the clock shows a local time."""
        self.due.append((datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(ZONE)), act))

    def send(self, message):
        message.time_stamp = self.clock.now().isoformat(timespec="seconds")
        message.message_id = str(uuid4())
        message.conversation_id = message.conversation_id or str(uuid4())
        self.sent[message.message_id] = message
        return self.post(message)

    def post(self, message):
        """Until it is taken in: the participant may be down for a moment."""
        deadline = time.monotonic() + 30
        while True:
            try:
                self.client._send_message(message)
                self.taken_in.set()
                return message
            except Exception:  # noqa: BLE001
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def work(self):
        while True:
            now = self.clock.now()
            for item in [d for d in self.due if d[0] <= now]:
                self.due.remove(item)
                self.inbox.put(item[1])
            try:
                item = self.inbox.get(timeout=0.05)
            except Empty:
                continue
            try:
                self.handle(item)
            except Exception as e:  # noqa: BLE001  told at the end
                self.faults.append(f"{type(item).__name__}: {type(e).__name__}: {e}")

    def handle(self, item):
        if callable(item):
            item()
        elif item.message_id in self.seen:
            if self.seen[item.message_id] != item:
                self.faults.append(f"{type(item).__name__} {item.message_id}: two messages under one number")
            if item.message_id in self.answers:
                self.post(self.answers[item.message_id])
        else:
            self.seen[item.message_id] = item
            if getattr(item, "result", None) == U.AcceptedRejected.REJECTED:
                self.faults.append(f"{type(item).__name__}: {item.rejection_reason}")
            self.take(item)

    def of(self, kind):
        return [m for m in self.seen.values() if isinstance(m, kind)]

    def reply(self, message, **more):
        response = U.request_response_map[type(message)]
        reference = {snake_case(type(message).__name__) + "_message_id": message.message_id}
        answer = response(conversation_id=message.conversation_id, result=U.AcceptedRejected.ACCEPTED, **reference, **more)
        self.answers[message.message_id] = answer
        self.send(answer)


class Operator(Peer):
    """A DSO: asks on the first prognosis, buys the first offer, settles when the meter has come."""

    def take(self, m):
        if isinstance(m, U.DPrognosis):
            self.reply(m)
            if m.revision == 1:
                self.prognosis, self.offers = m, []
                isps = [U.FlexRequestISP(disposition="Requested" if n in NEEDED else "Available", start=n, duration=1,
                                         min_power=20000 if n in NEEDED else -50000, max_power=90000) for n in range(1, 97)]
                self.send(U.FlexRequest(**FLEX, isps=isps, revision=1, expiration_date_time="2026-03-09T17:00:00+01:00"))
        elif isinstance(m, U.FlexOffer):
            self.offers.append(m)
            self.reply(m)
        elif isinstance(m, U.FlexOfferRevocation):
            self.offers = [o for o in self.offers if o.message_id != m.flex_offer_message_id]
            self.reply(m)
            self.at("2026-03-09T17:30", self.order)
        elif isinstance(m, U.Metering):
            self.reply(m)
            self.settle()

    def order(self):
        offer = min(self.offers, key=lambda o: o.offer_options[0].isps[0].start)
        option = offer.offer_options[0]
        self.ordered = self.send(U.FlexOrder(
            **FLEX, conversation_id=offer.conversation_id, flex_offer_message_id=offer.message_id, unsolicited=False,
            d_prognosis_message_id=offer.d_prognosis_message_id, price=option.price, currency=offer.currency, order_reference="P-1",
            option_reference=option.option_reference, isps=[U.FlexOrderISP(power=i.power, start=i.start, duration=i.duration) for i in option.isps]))

    def settle(self):
        o = self.ordered
        rows = [U.FlexOrderSettlementISP(start=n, duration=1, baseline_power=-95000, ordered_flex_power=i.power, actual_power=-75000,
                                         delivered_flex_power=i.power, power_deficiency=0)
                for i in o.isps for n in range(i.start, i.start + i.duration)]
        item = U.FlexOrderSettlement(isps=rows, order_reference=o.order_reference, period=PERIOD, congestion_point=POINT, price=o.price,
                                     d_prognosis_message_id=self.prognosis.message_id, penalty=0, net_settlement=o.price)
        nothing = U.ContractSettlementISP(start=1, duration=1, reserved_power=0)
        contract = U.ContractSettlement(periods=[U.ContractSettlementPeriod(isps=[nothing], period=PERIOD)])
        self.send(U.FlexSettlement(result=U.AcceptedRejected.ACCEPTED, flex_order_settlements=[item], contract_settlements=[contract],
                                   period_start=PERIOD, period_end=PERIOD, currency="EUR"))


class Aggregator(Peer):
    """An AGR: offers twice, takes the dearer offer back, delivers what is ordered."""

    def begin(self):
        self.revision, self.power = 0, {n: -270000 if n in NEEDED else 3000 for n in range(1, 97)}
        self.prognose()

    def prognose(self):
        self.revision += 1
        isps = [U.DPrognosisISP(power=p, start=n, duration=1) for n, p in self.power.items()]
        sent = self.send(U.DPrognosis(**FLEX, isps=isps, revision=self.revision))
        if self.revision == 1:
            self.baseline = sent

    def take(self, m):
        if isinstance(m, U.FlexRequest):
            self.reply(m)
            self.dear = None
            wanted = [i for i in m.isps if i.disposition == U.AvailableRequested.REQUESTED]
            for price in (10, 99):
                isps = [U.FlexOfferOptionISP(power=i.min_power * 11 // 10, start=i.start, duration=i.duration) for i in wanted]
                option = U.FlexOfferOption(option_reference="A", price=price, min_activation_factor=0.01, isps=isps)
                offer = self.send(U.FlexOffer(
                    **FLEX, conversation_id=m.conversation_id, flex_request_message_id=m.message_id, unsolicited=False, currency="EUR",
                    d_prognosis_message_id=self.baseline.message_id, expiration_date_time="2026-03-09T20:00:00+01:00", offer_options=[option]))
                self.dear = offer.message_id
        elif isinstance(m, U.FlexOfferResponse) and m.flex_offer_message_id == self.dear:
            self.send(U.FlexOfferRevocation(conversation_id=m.conversation_id, flex_offer_message_id=self.dear))
        elif isinstance(m, U.FlexOrder):
            self.reply(m)
            for i in m.isps:
                for n in range(i.start, i.start + i.duration):
                    self.power[n] += i.power
            self.prognose()
            self.at("2026-03-11T06:30", self.meter)
        elif isinstance(m, U.FlexSettlement):
            status = [U.FlexOrderSettlementStatus(order_reference=o.order_reference, disposition="Accepted") for o in m.flex_order_settlements]
            self.reply(m, flex_order_settlement_statuses=status)

    def meter(self):
        for k, address in enumerate(CONNECTIONS):
            isps = [U.MeteringISP(start=n, value=p / 1000 if k == 0 else 0) for n, p in self.power.items()]
            profile = U.MeteringProfile(profile_type="Power", unit="kW", isps=isps)
            self.send(U.Metering(profiles=[profile], revision=1, isp_duration="PT15M", time_zone=ZONE, period=PERIOD,
                                 ean="E" + address.removeprefix("ean.")))


def rows(path, header, lines):
    path.write_text(header + "\n" + "".join(line + "\n" for line in lines))


def configure(folder, role, domain, other, port, url, keys, business, clock):
    """Writes the configuration and gives the public key of the participant."""
    public = subprocess.run([binary, "message", "keygen", "--out", folder / "own.key"], check=True, capture_output=True, text=True).stdout.strip()
    peer_role = "DSO" if role == "agr" else "AGR"
    connections = json.dumps(CONNECTIONS)
    (folder / "participant.toml").write_text(f"""
domain = "{domain}"
listen = "127.0.0.1:{port}"
private_key = "own.key"
messages = "kept"
retry_after_s = 5
give_up_after_s = 20
clock = {clock.toml()}
time = {{ from = "{PERIOD}", until = "{PERIOD}" }}

[market]
prognosis = "13:00"
request = "13:30"
request_expires = "17:00"
order = "18:00"
gate = "20:00"
metering = "06:00"

[[peer]]
domain = "{other}"
role = "{peer_role}"
url = "{url}"
# An old key is still published beside the new one.
public_keys = ["{b64encode(crypto_sign_keypair()[0]).decode()}", "{keys}"]
{f'connections = {connections}' if role == "dso" else ''}

[[congestion_point]]
address = "{POINT}"
connections = {connections}
{business}
""")
    return public.removeprefix("cs1.")


def aggregator_files(folder):
    load = lambda n: 5000 if n else 0  # noqa: E731
    feed_in = {"2026-03-09T12:00": lambda n: 100000 if 45 <= n <= 64 else 0,
               # The weather turns: what was offered for the last hour is no longer there.
               "2026-03-09T15:00": lambda n: 10000 if 57 <= n <= 64 else 100000 if 45 <= n < 57 else 0}
    rows(folder / "forecast.csv", "issued,period,isp,connection,load_w,feed_in_w",
         (f"{t},{PERIOD},{n},{CONNECTIONS[0]},{load(n)},{f(n)}" for t, f in feed_in.items() for n in range(1, 97)))
    rows(folder / "prices.csv", "period,isp,eur_per_mwh", (f"{PERIOD},{n},50" for n in range(1, 97)))
    metered = lambda n: -75000 if 49 <= n <= 52 else -95000 if 45 <= n <= 64 else 5000  # noqa: E731
    rows(folder / "meters.csv", "period,isp,connection,p_w", (f"{PERIOD},{n},{CONNECTIONS[0]},{metered(n)}" for n in range(1, 97)))
    return '[aggregator]\nforecast = "forecast.csv"\nprices = "prices.csv"\nmeters = "meters.csv"'


def operator_files(folder):
    power = lambda n: -90000 if n in NEEDED else 1000  # noqa: E731
    rows(folder / "forecast.csv", "issued,period,isp,connection,p_w,q_var",
         (f"2026-03-09T12:00,{PERIOD},{n},{c},{power(n)},0" for c in CONNECTIONS for n in range(1, 97)))
    return f"""element = "transformer:MV1.101-LV1.101-Trafo 1"
[operator]
feeder = "{os.path.relpath(ROOT / 'scenarios/feeders/lv-rural1-2', folder)}"
forecast = "forecast.csv"
price_ceiling_eur_per_mwh = 1000.0"""


class Side:
    """A participant and its peer in a folder of their own."""

    def __init__(self, role, folder, clock):
        base, peer_class, files = {"agr": (ShapeshifterDsoService, Operator, aggregator_files),
                                   "dso": (ShapeshifterAgrService, Aggregator, operator_files)}[role]
        self.role, self.folder, self.clock, self.log = role, folder, clock, []
        folder.mkdir()
        name = folder.name.replace("_", "-")
        self.domain, self.other = f"agr.{name}.example.com", f"dso.{name}.example.com"
        if role == "dso":
            self.domain, self.other = self.other, self.domain
        self.port, theirs = free_port(), free_port()
        public, self.secret = crypto_sign_keypair()
        key = configure(folder, role, self.domain, self.other, self.port, f"http://127.0.0.1:{theirs}{PATH}",
                        "cs1." + b64encode(public).decode(), files(folder), clock)
        self.peer = peer_class(base, self.other, theirs, self.secret, self.domain, f"http://127.0.0.1:{self.port}{PATH}", key, clock)

    def start(self, files=None):
        """Starts the participant, again if it was killed; `files` limits its open files."""
        limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))) if files else None
        self.run = subprocess.Popen([binary, "participant", "--role", self.role, "--config", self.folder / "participant.toml"],
                                    stdout=subprocess.PIPE, text=True, preexec_fn=limit)
        first = self.run.stdout.readline()
        self.log.append(first)
        self.reader = threading.Thread(target=lambda out=self.run.stdout: self.log.extend(out), daemon=True)
        self.reader.start()
        return "listening" in first

    def begin(self):
        """The first start of both."""
        self.clock.set(self.clock.text, self.clock.speed)
        started = self.start()
        if hasattr(self.peer, "begin"):
            self.peer.inbox.put(self.peer.begin)
        return started

    def kill(self):
        self.run.kill()
        self.run.wait()
        self.reader.join()

    def set_clock(self, start, speed):
        """Both clocks, while the participant is down."""
        config = self.folder / "participant.toml"
        before = self.clock.toml()
        self.clock.set(start, speed)
        config.write_text(config.read_text().replace(before, self.clock.toml()))

    def end(self, seconds):
        """Exit code of the participant, which has to end by itself."""
        try:
            code = self.run.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return "none: it did not end"
        self.reader.join()
        return code

    def kept(self):
        return sorted((self.folder / "kept").glob("*.xml"))

    def metrics(self):
        with socket.create_connection(("127.0.0.1", self.port), 5) as s:
            s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            text = b"".join(iter(lambda: s.recv(65536), b"")).decode()
        lines = (line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("copperplate_"))
        return {name: float(value) for name, value in lines}
