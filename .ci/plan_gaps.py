#!/usr/bin/env python3
"""Optima of plans behind the meter, by mixed-integer programmes (scipy with HiGHS).

    .ci/plan_gaps.py            writes tests/data/plan_gaps.json: cases drawn with a fixed seed, and their optima
    .ci/plan_gaps.py --check    solves the cases of the file again and compares

The tests in tests/it/devices/gaps.rs and src/agent/agr/plan.rs hold the planners against these optima.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.linalg import expm
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, lil_matrix

FILE = Path(__file__).resolve().parent.parent / "tests/data/plan_gaps.json"
SLOT_H = 0.25


def prices(rng, n):
    """A price from the grid with two peaks and noise, and a price of feed-in below it, EUR/MWh."""
    h = np.arange(n) * SLOT_H
    day = 60 + 40 * np.exp(-(((h % 24) - 8) / 2) ** 2) + 70 * np.exp(-(((h % 24) - 19) / 2.5) ** 2)
    day = day + rng.normal(0, 8, n) - (rng.random() < 0.3) * 90 * np.exp(-(((h % 24) - 13) / 2) ** 2)
    adder = rng.uniform(60, 200)
    return np.round(day + adder, 2), np.round(np.minimum(day + adder, rng.uniform(0, 80)) * np.ones(n), 2)


def others(rng, n):
    """Power of everything else behind the meter, kW: a household with PV."""
    h = (np.arange(n) * SLOT_H) % 24
    sun = np.maximum(np.cos((h - 12.5) / 14 * 2 * np.pi), 0) * (np.abs(h - 12.5) < 7)
    return np.round(rng.uniform(0.2, 1.2) + 0.3 * rng.random(n) - rng.uniform(0, 7) * sun, 3)


def solve(cost, rows, low, high, lower, upper, integer):
    result = milp(cost, constraints=LinearConstraint(csr_matrix(rows), low, high), bounds=Bounds(lower, upper), integrality=integer,
                  options={"mip_rel_gap": 1e-9, "time_limit": 120})
    assert result.status == 0, result.message
    return float(result.fun)


def metered(case, n):
    """Columns b and s: bought and fed in, beyond what all others do alone; one equation b - s = others + x a slot."""
    imp, exp, o = (np.array(case[k]) for k in ("price", "feed_in_price", "others_kw"))
    alone = np.sum((imp * np.maximum(o, 0) + exp * np.minimum(o, 0)) * SLOT_H)
    return imp * SLOT_H, -exp * SLOT_H, o, alone


def vehicle(case):
    n = len(case["price"])
    buy, sell, o, alone = metered(case, n)
    # x, b, s, on
    rows, low, high = lil_matrix((3 * n + 1, 4 * n)), np.zeros(3 * n + 1), np.zeros(3 * n + 1)
    for i in range(n):
        rows[i, n + i], rows[i, 2 * n + i], rows[i, i] = 1, -1, -1
        low[i] = high[i] = o[i]
        rows[n + i, i], rows[n + i, 3 * n + i], high[n + i], low[n + i] = 1, -case["most_kw"], 0, -np.inf
        rows[2 * n + i, i], rows[2 * n + i, 3 * n + i], high[2 * n + i] = 1, -case["least_kw"], np.inf
    rows[3 * n, :n] = SLOT_H
    low[3 * n] = high[3 * n] = case["energy_kwh"]
    cost = np.concatenate([np.zeros(n), buy, sell, np.zeros(n)])
    upper = np.concatenate([np.full(n, case["most_kw"]), np.full(2 * n, np.inf), np.ones(n)])
    # Prices may be negative: nothing is bought and fed in at once, because feed-in is never the dearer.
    return (solve(cost, rows, low, high, np.zeros(4 * n), upper, np.concatenate([np.zeros(3 * n), np.ones(n)])) - alone) / 1e3


def battery(case):
    n = len(case["price"])
    buy, sell, o, alone = metered(case, n)
    eta, p, cap = case["efficiency"], case["power_kw"], case["capacity_kwh"]
    # charge, discharge, b, s, on (charging), E after the slot
    m = 6 * n
    rows, low, high = lil_matrix((4 * n, m)), np.zeros(4 * n), np.zeros(4 * n)
    for i in range(n):
        rows[i, 2 * n + i], rows[i, 3 * n + i], rows[i, i], rows[i, n + i] = 1, -1, -1, 1
        low[i] = high[i] = o[i]
        rows[n + i, i], rows[n + i, 4 * n + i], low[n + i] = 1, -p, -np.inf
        rows[2 * n + i, n + i], rows[2 * n + i, 4 * n + i], low[2 * n + i], high[2 * n + i] = 1, p, -np.inf, p
        rows[3 * n + i, 5 * n + i], rows[3 * n + i, i], rows[3 * n + i, n + i] = 1, -eta * SLOT_H, SLOT_H / eta
        if i:
            rows[3 * n + i, 5 * n + i - 1] = -1
        else:
            low[3 * n] = high[3 * n] = case["start_kwh"]
    cost = np.concatenate([np.zeros(n), np.full(n, case["wear"] * SLOT_H / eta), buy, sell, np.zeros(2 * n)])
    lower = np.zeros(m)
    lower[-1] = case["start_kwh"]
    upper = np.concatenate([np.full(2 * n, p), np.full(2 * n, np.inf), np.ones(n), np.full(n, cap)])
    integer = np.concatenate([np.zeros(4 * n), np.ones(n), np.zeros(n)])
    return (solve(cost, rows, low, high, lower, upper, integer) - alone) / 1e3


def house(case):
    n = len(case["price"])
    buy, sell, o, alone = metered(case, n)
    a = np.array([[-(case["h_ve"] + case["h_im"]) / case["c_i"], case["h_im"] / case["c_i"]],
                  [case["h_im"] / case["c_m"], -(case["h_im"] + case["h_em"]) / case["c_m"]]])
    f = expm(a * SLOT_H * 3600)
    g = np.linalg.solve(a, f - np.eye(2))
    into = g @ np.array([1e3 * case["to_air"] / case["c_i"], 1e3 * (1 - case["to_air"]) / case["c_m"]])
    cop, out = np.array(case["cop"]), np.array(case["outdoor_c"])
    # x, b, s, T_i, T_m
    rows, low, high = lil_matrix((3 * n, 5 * n)), np.zeros(3 * n), np.zeros(3 * n)
    for i in range(n):
        rows[i, n + i], rows[i, 2 * n + i], rows[i, i] = 1, -1, -1
        low[i] = high[i] = o[i]
        drift = g @ np.array([(case["h_ve"] * out[i] + case["gain_air_w"]) / case["c_i"], case["h_em"] * out[i] / case["c_m"]])
        for s in range(2):
            r = n + 2 * i + s
            rows[r, (3 + s) * n + i], rows[r, i] = 1, -into[s] * cop[i]
            low[r] = high[r] = drift[s]
            if i:
                rows[r, 3 * n + i - 1], rows[r, 4 * n + i - 1] = -f[s, 0], -f[s, 1]
            else:
                low[r] += f[s] @ np.array(case["start_c"])
                high[r] = low[r]
    cost = np.concatenate([np.zeros(n), buy, sell, np.zeros(2 * n)])
    lower = np.concatenate([np.zeros(3 * n), np.full(n, case["band_c"][0]), np.full(n, -50.0)])
    upper = np.concatenate([np.full(n, case["most_kw"]), np.full(2 * n, np.inf), np.full(n, case["band_c"][1]), np.full(n, 80.0)])
    lower[4 * n - 1], lower[5 * n - 1] = case["start_c"]
    return (solve(cost, rows, low, high, lower, upper, np.zeros(5 * n)) - alone) / 1e3


def fleet(case):
    """Vehicles under one ceiling; energy that a vehicle leaves without costs 1 EUR/kWh."""
    n, cars = len(case["price"]), case["vehicles"]
    m = len(cars)
    rows, low, high = lil_matrix((n + m, n * m + m)), np.full(n + m, -np.inf), np.concatenate([case["ceiling_kw"], np.zeros(m)])
    upper = np.zeros(n * m + m)
    for j, car in enumerate(cars):
        low[n + j] = high[n + j] = upper[n * m + j] = car["energy_kwh"]
        rows[n + j, n * m + j] = 1
        upper[j * n + car["from"]:j * n + car["to"]] = car["most_kw"]
        for i in range(n):
            rows[i, j * n + i], rows[n + j, j * n + i] = 1, SLOT_H
    cost = np.concatenate([np.tile(np.array(case["price"]) * SLOT_H / 1e3, m), np.ones(m)])
    return solve(cost, rows, low, high, np.zeros(n * m + m), upper, np.zeros(n * m + m))


def draw_fleet(rng):
    """Twenty vehicles of a day, some that stay for long and some in a hurry; the ceiling is little above what they need together."""
    price, _ = prices(rng, 96)
    cars = []
    for _ in range(20):
        stay = int(rng.choice([8, 16, 40, 60]))
        start = int(rng.integers(0, 96 - stay))
        most = float(rng.choice([3.68, 7.36, 11.04]))
        cars.append({"from": start, "to": start + stay, "most_kw": most, "energy_kwh": round(float(rng.uniform(0.2, 0.8) * stay * SLOT_H * most), 3)})
    need = np.zeros(96)
    for car in cars:
        need[car["from"]:car["to"]] += car["energy_kwh"] / (car["to"] - car["from"]) / SLOT_H
    ceiling = np.round(np.maximum(need, need.mean()) * rng.uniform(1.0, 1.2), 2)
    return dict(kind="fleet", price=list(price), ceiling_kw=list(ceiling), vehicles=cars)


def draw():
    rng = np.random.default_rng(12)
    cases = []
    for k in range(24):
        n = int(rng.integers(20, 72))
        price, feed = prices(rng, n)
        most, least = [(11.04, 4.14), (7.36, 1.38), (3.68, 1.38)][k % 3]
        o = others(rng, n) if k >= 8 else np.zeros(n) + 0.4
        energy = round(float(rng.uniform(2 * least, 0.6 * n * most) * SLOT_H), 3)
        cases.append(dict(kind="vehicle", price=list(price), feed_in_price=list(feed), others_kw=list(o), most_kw=most, least_kw=least,
                          energy_kwh=energy))
    for _ in range(12):
        price, feed = prices(rng, 96)
        cap = round(float(rng.uniform(5, 14)), 2)
        cases.append(dict(kind="battery", price=list(price), feed_in_price=list(feed), others_kw=list(others(rng, 96)), capacity_kwh=cap,
                          power_kw=round(float(rng.uniform(2, 7)), 2), efficiency=round(float(rng.uniform(0.93, 0.98)), 3),
                          start_kwh=round(float(rng.uniform(0, 1) * cap), 2), wear=float(rng.choice([0, 10, 25, 75]))))
    for k in range(12):
        price, feed = prices(rng, 96)
        area, h_tr, h_ve = rng.uniform(90, 200), rng.uniform(0.4, 1.7), rng.uniform(0.4, 0.7)
        h_im = 9.2 * area
        h = np.arange(96) * SLOT_H
        out = np.round(rng.uniform(-8, 8) + 4 * np.cos((h - 14) / 24 * 2 * np.pi), 2)
        lift = np.maximum(40 - 2 * out, 15)
        cop = np.round(0.85 * (6.08 - 0.09 * lift + 0.0005 * lift**2), 4)
        ua = (h_tr + h_ve) * area
        start = 21.0
        mass = start - 0.75 * h_tr * area * (start - out.mean()) / h_im
        cases.append(dict(kind="house", price=list(price), feed_in_price=list(feed), others_kw=list(others(rng, 96) if k % 2 else np.zeros(96) + 0.4),
                          h_ve=h_ve * area + 0.25 * h_tr * area, h_em=1 / (1 / (0.75 * h_tr * area) - 1 / h_im), h_im=h_im,
                          c_i=15 * 3600 * area, c_m=float(rng.choice([46, 72])) * 3600 * area, outdoor_c=list(out), cop=list(cop), gain_air_w=3 * area,
                          to_air=0.6, most_kw=round(float(ua * 31 / 2000), 2), band_c=[20.0, 22.5], start_c=[start, round(float(mass), 2)]))
    cases += [draw_fleet(rng) for _ in range(12)]
    return cases


def main():
    optimum = dict(vehicle=vehicle, battery=battery, house=house, fleet=fleet)
    if "--check" in sys.argv:
        cases = json.loads(FILE.read_text())
        worst = max(abs(optimum[c["kind"]](c) - c["optimum_eur"]) / max(abs(c["optimum_eur"]), 0.01) for c in cases)
        print(f"{len(cases)} optima found again, worst difference {worst:.1e}")
        sys.exit(int(worst > 1e-6))
    cases = draw()
    for case in cases:
        case["optimum_eur"] = optimum[case["kind"]](case)
        print(case["kind"], case["optimum_eur"])
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


main()
