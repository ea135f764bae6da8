'use strict';
// The page of a run: its charts, the reader of conversations, the tables, the table of key figures.

const LOADING = DATA.loading;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const NAMES = DATA.strategies;

// ------------------------------------------------------------------------------------------------------------ series

/** Loading in per cent from base64 of 16-bit thousandths. */
const unpacked = new Map();
function series(number) {
  if (!unpacked.has(number)) {
    const bytes = Uint8Array.from(atob(LOADING.pool[number]), (c) => c.charCodeAt(0));
    const raw = new DataView(bytes.buffer);
    unpacked.set(number, Float64Array.from({ length: bytes.length / 2 }, (_, i) => {
      const value = raw.getUint16(2 * i, true);
      return value === 65535 ? NaN : value / 10;
    }));
  }
  return unpacked.get(number);
}

/** The clock's face at a time in seconds since 1970, as a Date whose UTC fields are local. */
function local(seconds) {
  const step = Math.floor((seconds - LOADING.start) / LOADING.step + 1e-6);
  let offset = LOADING.offsets[0][1];
  for (const [from, o] of LOADING.offsets) if (step >= from) offset = o;
  return new Date((seconds + offset) * 1000);
}
const two = (n) => String(n).padStart(2, '0');
const dayName = (d) => `${WEEKDAYS[d.getUTCDay()]} ${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]}`;
const clock = (d) => `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;

/** Midnights of the run, in seconds. */
const midnights = [];
for (let i = 0; i < LOADING.count; i++) {
  const d = local(LOADING.start + i * LOADING.step);
  if (d.getUTCHours() === 0 && d.getUTCMinutes() === 0) midnights.push(LOADING.start + i * LOADING.step);
}
const END = LOADING.start + LOADING.count * LOADING.step;

/** Hours, days, Mondays or months, whatever fits. */
function timeTicks(from, to, room) {
  const days = (to - from) / 86400;
  const ticks = [];
  if (days < 2.2) {
    const hours = [1, 3, 6].find((h) => (days * 24) / h < room / 55) ?? 12;
    for (let t = Math.ceil(from / 3600) * 3600; t <= to; t += 3600) {
      const d = local(t);
      if (d.getUTCHours() % hours === 0) ticks.push({ at: t, label: d.getUTCHours() === 0 ? dayName(d) : clock(d) });
    }
    return ticks;
  }
  midnights.forEach((t, k) => {
    const d = local(t), next = midnights[k + 1] ?? END;
    if (days < 17) ticks.push({ at: t, middle: (t + next) / 2, label: dayName(d) });
    else if (days < 100 ? d.getUTCDay() === 1 : d.getUTCDate() === 1) ticks.push({ at: t, label: days < 100 ? `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]}` : MONTHS[d.getUTCMonth()] });
  });
  return ticks;
}

// ------------------------------------------------------------------------------------------------------------ charts

const limitsOf = (point) => point.limits.map(([name, value]) => [name, value * 100]);

function timeChart(place, point, id) {
  let quantity = 'realised';
  const x = Float64Array.from({ length: LOADING.count }, (_, i) => LOADING.start + i * LOADING.step);
  const what = el('select', { 'aria-label': 'What is drawn' }, LOADING.quantities.map(([key, name]) => el('option', { value: key }, name)));
  const day = el('select', { 'aria-label': 'Day' }, el('option', { value: '' }, 'whole period'),
    midnights.length <= 62 ? midnights.map((t, k) => el('option', { value: k }, dayName(local(t)))) : []);
  const chart = lineChart(place, {
    id, x, end: END, step: true, unit: '%', digits: 0, yLabel: '% of rating', whole: 'Whole period', label: `Loading of ${point.title} over time. Arrow keys move the reading line.`,
    tools: [el('label', {}, 'Loading ', what), el('label', {}, 'Day ', day)],
    series: () => NAMES.map((name, k) => ({ k, name, y: series(point.series[quantity][k]) })),
    spans: () => point.orange.flatMap((runs, k) => Array.from({ length: runs.length / 2 }, (_, i) => ({ k, from: runs[2 * i], to: runs[2 * i + 1] }))),
    limits: limitsOf(point), ticks: timeTicks,
    say: (i) => `${dayName(local(x[i]))} ${clock(local(x[i]))}`,
  });
  what.addEventListener('change', () => { quantity = what.value; chart.draw(); });
  day.addEventListener('change', () => {
    const k = Number(day.value);
    if (day.value === '') chart.look(LOADING.start, END); else chart.look(midnights[k], midnights[k + 1] ?? END);
  });
  if (point.orange.some((runs) => runs.length)) place.append(el('p', { class: 'note' }, 'Bars below the axis: times with limitations outside the market (orange), one row per strategy.'));
}

function durationChart(place, point, id) {
  let quantity = 'realised';
  const hours = LOADING.step / 3600;
  const sorted = new Map();
  const sort = (number) => {
    if (!sorted.has(number)) sorted.set(number, Float64Array.from(series(number)).sort((a, b) => (Number.isNaN(b) ? -1 : Number.isNaN(a) ? 1 : b - a)));
    return sorted.get(number);
  };
  const x = Float64Array.from({ length: LOADING.count }, (_, i) => i * hours);
  const what = el('select', { 'aria-label': 'What is drawn' }, LOADING.quantities.map(([key, name]) => el('option', { value: key }, name)));
  const chart = lineChart(place, {
    id, x, end: LOADING.count * hours, step: true, unit: '%', digits: 0, yLabel: '% of rating', xLabel: 'hours in which loading is at least this high', whole: 'Whole period',
    label: `Load-duration curve of ${point.title}. Arrow keys move the reading line.`, tools: [el('label', {}, 'Loading ', what)],
    series: () => NAMES.map((name, k) => ({ k, name, y: sort(point.series[quantity][k]) })),
    limits: limitsOf(point), ticks: numberTicks, say: (i) => `${decimal(x[i] + hours, hours < 1 ? 2 : 0)} h at or above`,
  });
  what.addEventListener('change', () => { quantity = what.value; chart.draw(); });
}

document.querySelectorAll('.chart').forEach((place, k) => {
  const point = LOADING.points.find((p) => p.id === place.dataset.point);
  (place.dataset.chart === 'time' ? timeChart : durationChart)(place, point, k);
});

// ------------------------------------------------------------------------------------------------ conversations

const TRADE = DATA.trade;
const ISP = DATA.isp_minutes * 60;

/** Runs `[start, count, W, …]` as runs with numbers from 0. */
function runsOf(number) {
  const flat = TRADE.pool[number], out = [];
  for (let i = 0; i < flat.length; i += 3) out.push({ from: flat[i] - 1, count: flat[i + 1], w: flat[i + 2] });
  return out;
}
function boundsOf(number) {
  const flat = TRADE.pool[number], out = [];
  for (let i = 0; i < flat.length; i += 5) out.push({ from: flat[i] - 1, count: flat[i + 1], requested: flat[i + 2] === 1, min: flat[i + 3], max: flat[i + 4] });
  return out;
}
const total = (runs) => runs.reduce((sum, r) => sum + r.w * r.count, 0);

/** The sign of relief in a conversation: of what was asked for, of a call itself. */
function relief(talk) {
  const asked = talk.request == null ? [] : boundsOf(talk.request).filter((b) => b.requested).map((b) => ({ count: b.count, w: b.min > 0 ? b.min : Math.min(b.max, 0) }));
  return total(asked.length ? asked : talk.orders.flatMap((o) => runsOf(o.power))) < 0 ? -1 : 1;
}

/** Energy in the direction of relief; what comes back at other times is not in it. */
const kwh = (talk, runs) => Math.abs(total(runs.filter((r) => r.w * relief(talk) > 0))) * ISP / 3.6e6;

/** A local day by its date: start in seconds, number of ISPs (other than usual when clocks change). */
const DAYS = new Map(midnights.map((t, k) => [local(t).toISOString().slice(0, 10), { start: t, isps: ((midnights[k + 1] ?? END) - t) / ISP }]));
const dayOf = (talk) => DAYS.get(talk.day) ?? { start: LOADING.start, isps: 86400 / ISP };
const ispClock = (talk, isp) => clock(local(dayOf(talk).start + isp * ISP));

/** Settled orders by strategy and reference. */
const settled = new Map();
{
  const columns = Object.fromEntries(DATA.money.settlement.columns.map((c) => [c.name, c]));
  const text = (c, row) => c.texts[0][c.texts[1][row]];
  for (let row = 0; row < DATA.money.settlement.rows; row++) {
    const value = (name) => columns[name].values[row];
    settled.set(`${text(columns.strategy, row)}|${text(columns.order, row)}`, {
      ordered: value('ordered (kWh)'), delivered: value('delivered (kWh)'), deficient: value('deficient (kWh)'), penalty: value('penalty (€)'), net: value('net (€)'),
    });
  }
}
const settlementOf = (talk, order) => settled.get(`${NAMES[talk.s]}|${order.ref}`);

function reader(place) {
  const traders = [...new Set(TRADE.talks.map((t) => t.s))];
  const strategy = el('select', {}, traders.map((k) => el('option', { value: k }, NAMES[k])));
  const day = el('select', {});
  const list = el('table', {}), detail = el('div', { class: 'talk' });
  place.append(el('div', { class: 'controls' }, el('label', {}, 'Strategy ', strategy), el('label', {}, 'Day ', day)),
    el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Conversations of the day' }, list), detail);

  const here = () => TRADE.talks.filter((t) => t.s === Number(strategy.value));
  function days() {
    const wanted = day.value;
    const all = [...new Set(here().map((t) => t.day))];
    const energy = (d) => here().filter((t) => t.day === d).reduce((sum, t) => sum + ordered(t), 0);
    day.replaceChildren(...all.map((d) => el('option', { value: d }, d)));
    day.value = all.includes(wanted) ? wanted : all.reduce((a, b) => (energy(b) > energy(a) ? b : a), all[0]);
    talks();
  }
  function talks() {
    const today = here().filter((t) => t.day === day.value);
    const heads = ['Conversation', 'sent', 'aggregator', 'at', 'under', 'offers', 'orders', 'ordered (kWh)', 'price (€)', 'settled (€)'];
    const rows = today.map((talk, k) => {
      const sum = (f) => talk.orders.reduce((total, o) => total + f(o), 0);
      const cells = [talk.request == null ? 'call on contract' : 'request', talk.at, talk.agr, talk.point, talk.contract || 'the spot', talk.offers.length, talk.orders.length,
        decimal(ordered(talk), 1), decimal(sum((o) => Number(o.price)), 2), decimal(sum((o) => settlementOf(talk, o)?.net ?? 0), 2)];
      const row = el('tr', { 'aria-selected': k === 0 }, cells.map((text, i) => {
        if (i === 0) return el('th', { scope: 'row' }, el('button', { type: 'button', onclick: () => open(row, talk) }, String(text)));
        return el('td', { class: i >= 5 ? 'num' : '' }, String(text));
      }));
      row.addEventListener('click', () => open(row, talk));
      return row;
    });
    list.replaceChildren(el('caption', { class: 'hidden-text' }, 'Conversations of the day'),
      el('thead', {}, el('tr', {}, heads.map((h, i) => el('th', { scope: 'col', class: i >= 5 ? 'num' : '' }, h)))), el('tbody', {}, rows));
    if (rows.length) open(rows[0], today[0]);
  }
  function open(row, talk) {
    for (const other of list.querySelectorAll('tbody tr')) other.setAttribute('aria-selected', other === row);
    detail.replaceChildren(...conversation(talk));
  }
  strategy.addEventListener('change', days);
  day.addEventListener('change', talks);
  days();
}

const ordered = (talk) => talk.orders.reduce((sum, o) => sum + kwh(talk, runsOf(o.power)), 0);
const simple = (tag, heads, rows, from) => el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': tag }, el('table', {}, el('caption', {}, tag),
  el('thead', {}, el('tr', {}, heads.map((h, i) => el('th', { scope: 'col', class: i >= from ? 'num' : '' }, h)))),
  el('tbody', {}, rows.map((cells) => el('tr', {}, cells.map((c, i) => (i === 0 ? el('th', { scope: 'row' }, c) : el('td', { class: i >= from ? 'num' : '' }, c))))))));
const answered = (answer) => (answer == null ? 'no answer' : answer === '' ? 'accepted' : answer);

function conversation(talk) {
  const parts = [];
  const under = talk.contract ? `under the contract ${talk.contract}` : 'on the spot';
  const opening = talk.request == null ? `The operator calls ${talk.agr} ${under} for ${talk.day}` : `The operator requests flexibility from ${talk.agr} ${under} for ${talk.day}`;
  parts.push(el('h3', {}, `${opening} (congestion point ${talk.point})`));
  parts.push(picture(talk));
  if (talk.request != null) {
    const wanted = merged(boundsOf(talk.request).filter((b) => b.requested));
    const rows = wanted.map((b) => [`${ispClock(talk, b.from)}–${ispClock(talk, b.from + b.count)}`, b.count === 1 ? `${b.from + 1}` : `${b.from + 1}–${b.from + b.count}`, decimal(b.min / 1000, 1), decimal(b.max / 1000, 1)]);
    parts.push(el('details', { open: rows.length <= 12 }, el('summary', {}, `Request, sent ${talk.at}, ${answered(talk.answer)}: ${rows.length} stretches of ISPs`),
      simple('Bounds of the requested change of power', ['Time', 'ISP', 'MinPower (kW)', 'MaxPower (kW)'], rows, 2)));
  }
  if (talk.offers.length) {
    const rows = talk.offers.flatMap((offer, k) => offer.options.map(([name, price, power]) => {
      const runs = runsOf(power), energy = kwh(talk, runs), taken = talk.orders.find((o) => o.offer === k && o.option === name);
      return [`offer ${k + 1}, ${name}`, offer.at, answered(offer.answer), mini(talk, runs), decimal(energy, 1), decimal(Number(price), 2), decimal(energy ? Number(price) / energy * 1000 : NaN, 0), taken ? `ordered as ${taken.ref}` : 'not ordered'];
    }));
    parts.push(simple('Offers; energy in the direction of relief', ['Offer, option', 'sent', 'answer', 'power over the day', 'energy (kWh)', 'price (€)', '€/MWh', ''], rows, 4));
  } else if (talk.request != null) parts.push(el('p', {}, 'The aggregator made no offer.'));
  if (talk.orders.length) {
    const rows = talk.orders.map((o) => {
      const s = settlementOf(talk, o);
      return [o.ref, o.at, answered(o.answer), o.offer == null ? 'direct' : `offer ${o.offer + 1}, ${o.option}`, mini(talk, runsOf(o.power)), decimal(kwh(talk, runsOf(o.power)), 1), decimal(Number(o.price), 2),
        s ? `${decimal(s.delivered, 1)} of ${decimal(s.ordered, 1)}` : '–', s ? decimal(s.deficient, 1) : '–', s ? decimal(s.penalty, 2) : '–', s ? decimal(s.net, 2) : '–'];
    });
    parts.push(simple('Orders and their settlement; ordered in the direction of relief, delivered net of rebound', ['Order', 'sent', 'answer', 'on', 'power over the day', 'ordered (kWh)', 'price (€)', 'delivered, net (kWh)', 'deficient (kWh)', 'penalty (€)', 'paid (€)'], rows, 5));
  } else parts.push(el('p', {}, 'The operator ordered nothing.'));
  return parts;
}

/** Neighbouring stretches with equal bounds as one. */
function merged(bounds) {
  const out = [];
  for (const b of bounds) {
    const last = out[out.length - 1];
    if (last && last.from + last.count === b.from && last.min === b.min && last.max === b.max) last.count += b.count;
    else out.push({ ...b });
  }
  return out;
}

function mini(talk, runs) {
  const most = Math.max(1, ...runs.map((r) => Math.abs(r.w)));
  const n = dayOf(talk).isps, up = runs.every((r) => r.w >= 0), down = runs.every((r) => r.w <= 0);
  const base = up ? 19 : down ? 1 : 10, scale = (up || down ? 18 : 9) / most;
  const peak = runs.reduce((a, r) => (Math.abs(r.w) > Math.abs(a) ? r.w : a), 0);
  return el('svg', { class: 'mini', viewBox: '0 0 132 20', role: 'img', 'aria-label': `up to ${decimal(peak / 1000, 1)} kW` },
    el('title', {}, `up to ${decimal(peak / 1000, 1)} kW`), el('path', { d: `M0 ${base}H132`, stroke: 'var(--line)' }),
    runs.map((r) => el('rect', { x: (r.from / n) * 132, width: Math.max(0.8, (r.count / n) * 132), y: r.w >= 0 ? base - r.w * scale : base, height: Math.abs(r.w) * scale })));
}

/** A bar per ISP: what was asked for as a shade, orders stacked on each other. */
function picture(talk) {
  const n = dayOf(talk).isps, W = 940, H = 190, left = 46, bottom = 24, top = 20;
  const need = new Float64Array(n + n), asked = new Array(n + n).fill(false), sum = new Float64Array(n + n), offered = new Float64Array(n + n);
  if (talk.request != null) {
    for (const b of boundsOf(talk.request).filter((b) => b.requested)) {
      for (let i = b.from; i < b.from + b.count; i++) { need[i] = b.min > 0 ? b.min : b.max < 0 ? b.max : 0; asked[i] = true; }
    }
  }
  const add = (into, runs) => runs.forEach((r) => { for (let i = r.from; i < r.from + r.count; i++) into[i] += r.w; });
  talk.orders.forEach((o) => add(sum, runsOf(o.power)));
  talk.offers.forEach((o) => add(offered, runsOf(o.options[0][2])));
  const values = [...need, ...sum, ...offered].map((w) => w / 1000);
  const ticks = niceTicks(Math.min(0, ...values), Math.max(0, ...values, 0.001), 4);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const x = (i) => left + (i / n) * (W - left - 20), y = (kw) => top + (1 - (kw - low) / (high - low)) * (H - top - bottom);
  const parts = ticks.map((t) => [el('line', { class: t === 0 ? 'zero-line' : '', x1: left, x2: W - 20, y1: y(t), y2: y(t) }), el('text', { x: left - 6, y: y(t) + 4, 'text-anchor': 'end' }, decimal(t, ticks[1] - ticks[0] < 1 ? 1 : 0))]).flat();
  for (let i = 0; i <= n; i += 1) if ((i * ISP) % 10800 === 0) parts.push(el('text', { x: x(i), y: H - 6, 'text-anchor': 'middle' }, ispClock(talk, i)));
  parts.push(el('text', { x: left - 6, y: 10, 'text-anchor': 'end' }, 'kW'));
  const bar = (i, w, cls, inset) => el('rect', { class: cls, x: x(i) + inset, width: Math.max(0.5, x(i + 1) - x(i) - 2 * inset), y: Math.min(y(0), y(w / 1000)), height: Math.abs(y(w / 1000) - y(0)) });
  for (let i = 0; i < n; i++) {
    if (need[i]) parts.push(bar(i, need[i], 'want', 0));
    if (offered[i]) parts.push(bar(i, offered[i], 'a2', 1.6));
    if (sum[i]) parts.push(bar(i, sum[i], 'order', 2.8));
  }
  const peak = (a) => a.reduce((m, w) => (Math.abs(w) > Math.abs(m) ? w : m), 0) / 1000;
  const label = `Per ISP: requested from all aggregators together up to ${decimal(peak(need), 1)} kW, offered here up to ${decimal(peak(offered), 1)} kW, ordered here up to ${decimal(peak(sum), 1)} kW`;
  const key = (style, text) => el('span', {}, el('i', { class: 'key', style }), text);
  return el('div', {}, el('svg', { class: 'bars', viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': label }, el('title', {}, label), parts),
    el('p', { class: 'readout note' }, key('background:var(--faint);opacity:.35', 'wide, pale: requested (from all aggregators together)'), key('background:light-dark(#44aa99,#50beaa)', 'middle: offered here'), key('background:var(--ink)', 'narrow: ordered here')));
}

const readerPlace = document.getElementById('reader');
if (readerPlace) reader(readerPlace);

// ------------------------------------------------------------------------------------------------------------ tables

filterTable(document.getElementById('settlement'), 'Settled orders', DATA.money.settlement, ['strategy', 'aggregator', 'day', 'contract', 'congestion point'],
  [['strategy', 'aggregator'], ['strategy'], ['strategy', 'day'], ['strategy', 'contract']]);
filterTable(document.getElementById('ledger'), 'Ledger entries', DATA.money.ledger, ['strategy', 'payer', 'payee', 'kind'],
  [['strategy', 'kind'], ['strategy'], ['strategy', 'payer'], ['strategy', 'payee'], ['strategy', 'payer', 'payee', 'kind']]);

// Values or differences, rows of zeros or not.
const difference = document.getElementById('difference');
const zeros = document.getElementById('zeros');
difference.addEventListener('change', () => {
  for (const row of document.querySelectorAll('table.figures tbody tr:not(.group)')) {
    const cells = [...row.querySelectorAll('td')];
    const value = (cell) => (cell.dataset.v === '' ? NaN : Number(cell.dataset.v));
    cells.forEach((cell) => {
      cell.dataset.text ??= cell.textContent;
      if (difference.value === '') { cell.textContent = cell.dataset.text; return; }
      const x = value(cell) - value(cells[Number(difference.value)]);
      cell.textContent = x > 0 ? `+${decimal(x, Number(cell.dataset.d))}` : decimal(x, Number(cell.dataset.d));
    });
  }
});
zeros.addEventListener('change', () => document.querySelector('table.figures').classList.toggle('with-zeros', zeros.checked));
