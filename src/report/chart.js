'use strict';
// A line chart that zooms, reads out and hides series. One function, `lineChart(place, spec)`; it returns { draw, view }.
//
// spec: label; x: Float64Array in ascending order; unit, digits of y; step (values hold until the next x) or not;
// series(): [{ k (strategy), name, y, low, high }], limits: [[name, y]], spans(): [{ k, from, to }] (positions in x),
// ticks(from, to, room): [{ at, label, major }], say(i): text of x[i]; xLabel; yLabel; whole: text of the reset button.

const MARGIN = { left: 54, right: 16, top: 26, bottom: 40 };
const HEIGHT = 390;

function lineChart(place, spec) {
  const n = spec.x.length;
  const whole = { from: spec.x[0], to: spec.end ?? spec.x[n - 1] };
  let view = { ...whole };
  let at = null; // position of the reading line
  let drag = null;
  let width = 800;

  const svg = el('svg', {
    tabindex: 0, role: 'slider', 'aria-label': spec.label, 'aria-valuemin': 0, 'aria-valuemax': n - 1, 'aria-valuenow': 0, height: HEIGHT,
  });
  const readout = el('div', { class: 'readout', 'aria-hidden': 'true' });
  const button = (text, label, act) => el('button', { type: 'button', 'aria-label': label, onclick: act }, text);
  const reset = button(spec.whole ?? 'Everything', spec.whole ?? 'Everything', () => look(whole.from, whole.to));
  const tools = el('div', { class: 'controls' },
    ...(spec.tools ?? []), button('+', 'Zoom in', () => zoom(0.5)), button('−', 'Zoom out', () => zoom(2)),
    button('◀', 'Earlier', () => pan(-0.5)), button('▶', 'Later', () => pan(0.5)), reset);
  place.append(tools, readout, el('div', { class: 'plot' }, svg));

  const inner = () => ({ w: Math.max(50, width - MARGIN.left - MARGIN.right), h: HEIGHT - MARGIN.top - MARGIN.bottom });
  const px = (x) => MARGIN.left + ((x - view.from) / (view.to - view.from)) * inner().w;
  const unpx = (p) => view.from + ((p - MARGIN.left) / inner().w) * (view.to - view.from);

  function look(from, to) {
    const least = (whole.to - whole.from) / Math.max(n - 1, 1) * 3;
    const span = Math.min(Math.max(to - from, Math.min(least, whole.to - whole.from)), whole.to - whole.from);
    const start = Math.min(Math.max(from, whole.from), whole.to - span);
    view = { from: start, to: start + span };
    draw();
  }
  function zoom(factor) {
    const middle = at != null && spec.x[at] >= view.from && spec.x[at] <= view.to ? spec.x[at] : (view.from + view.to) / 2;
    const share = (middle - view.from) / (view.to - view.from);
    const span = (view.to - view.from) * factor;
    look(middle - share * span, middle + (1 - share) * span);
  }
  function pan(share) {
    const by = share * (view.to - view.from);
    look(view.from + by, view.to + by);
  }
  /** Position of the last x that is not above the value; of the nearest where values do not hold. */
  function locate(value) {
    let low = 0, high = n - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (spec.x[middle] <= value) low = middle; else high = middle - 1;
    }
    return !spec.step && low + 1 < n && spec.x[low + 1] - value < value - spec.x[low] ? low + 1 : low;
  }

  function draw() {
    width = svg.clientWidth || place.clientWidth || 800;
    svg.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    const series = spec.series().filter((s) => shown[s.k]);
    const [first, last] = [locate(view.from), Math.min(n - 1, locate(view.to) + 1)];
    let [low, high] = [spec.zero === false ? Infinity : 0, -Infinity];
    for (const s of series) {
      for (const values of [s.y, s.low, s.high].filter(Boolean)) {
        for (let i = first; i <= last; i++) {
          if (values[i] < low) low = values[i];
          if (values[i] > high) high = values[i];
        }
      }
    }
    for (const [, y] of spec.limits ?? []) high = Math.max(high, y);
    if (!(high > low)) high = low + (Math.abs(low) || 1);
    const ticks = niceTicks(low, high, 6);
    low = Math.min(low, ticks[0]); high = Math.max(high, ticks[ticks.length - 1]);
    const { w, h } = inner();
    const py = (y) => MARGIN.top + (1 - (y - low) / (high - low)) * h;
    const parts = [];
    const digits = digitsOf(ticks[1] - ticks[0]);
    for (const y of ticks) {
      parts.push(el('path', { class: 'grid', d: `M${MARGIN.left} ${py(y)}h${w}` }));
      parts.push(el('text', { x: MARGIN.left - 7, y: py(y) + 4, 'text-anchor': 'end' }, decimal(y, digits)));
    }
    parts.push(el('text', { x: MARGIN.left - 7, y: 10, 'text-anchor': spec.yLabel?.length > 12 ? 'start' : 'middle' }, spec.yLabel ?? spec.unit));
    let free = -Infinity;
    for (const tick of spec.ticks(view.from, view.to, w)) {
      const x = px(tick.at);
      if (x < MARGIN.left - 1 || x > width - MARGIN.right + 1) continue;
      if (tick.line !== false) parts.push(el('path', { class: 'grid', d: `M${x} ${MARGIN.top}v${h}` }));
      const room = tick.label.length * 6.6;
      const middle = tick.middle != null ? px(tick.middle) : x;
      if (middle - room / 2 > free && middle + room / 2 < width + 4) {
        parts.push(el('text', { x: middle, y: HEIGHT - MARGIN.bottom + 24, 'text-anchor': 'middle' }, tick.label));
        free = middle + room / 2 + 8;
      }
    }
    if (spec.xLabel) parts.push(el('text', { x: width - MARGIN.right, y: HEIGHT - 2, 'text-anchor': 'end' }, spec.xLabel));
    const clip = `clip-${spec.id}`;
    parts.push(el('clipPath', { id: clip }, el('rect', { x: MARGIN.left - 4, y: MARGIN.top - 4, width: w + 8, height: h + 16 })));
    const marks = el('g', { 'clip-path': `url(#${clip})` });
    const rows = new Map(series.map((s, row) => [s.k, row]));
    for (const span of spec.spans?.() ?? []) {
      if (!rows.has(span.k)) continue;
      const [a, b] = [px(spec.x[span.from]), px(span.to < n ? spec.x[span.to] : whole.to)];
      const mark = el('rect', { class: 'orange', x: a, y: HEIGHT - MARGIN.bottom + 2 + rows.get(span.k) * 3, width: Math.max(1, b - a), height: 2.5 });
      marks.append(mark);
    }
    for (const s of series) {
      if (s.low) marks.append(el('path', { class: `band b${s.k}`, d: band(s, first, last, py) }));
      marks.append(el('path', { class: `series l${s.k}`, d: line(s.y, first, last, py, w) }));
      if (last - first < 40 && !spec.step) {
        for (let i = first; i <= last; i++) {
          if (!Number.isNaN(s.y[i])) marks.append(el('circle', { class: `dot b${s.k}`, cx: px(spec.x[i]), cy: py(s.y[i]), r: 3.5 }));
        }
      }
    }
    parts.push(marks, el('path', { class: 'axis', d: `M${MARGIN.left} ${MARGIN.top}v${h}h${w}` }));
    (spec.limits ?? []).forEach(([name, y], k) => {
      parts.push(el('path', { class: `limit l-${k}`, d: `M${MARGIN.left} ${py(y)}h${w}` }));
    });
    labelLimits(spec.limits ?? [], py, w, parts, spec);
    if (at != null && spec.x[at] >= view.from && spec.x[at] <= view.to) {
      const x = px(spec.x[at]);
      parts.push(el('path', { class: 'cursor', d: `M${x} ${MARGIN.top}v${h}` }));
      for (const s of series) {
        if (!Number.isNaN(s.y[at])) parts.push(el('circle', { class: `dot b${s.k}`, cx: x, cy: py(s.y[at]), r: 4 }));
      }
    }
    if (drag && drag.to != null) {
      const [a, b] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
      parts.push(el('rect', { class: 'selection', x: a, y: MARGIN.top, width: b - a, height: h }));
    }
    svg.replaceChildren(...parts);
    reset.disabled = view.from === whole.from && view.to === whole.to;
    read(series);
  }

  /** A line; where several values fall on one pixel, their lowest and highest. */
  function line(y, first, last, py, w) {
    const out = [];
    let pen = false;
    const dense = (last - first) / w > 1.5;
    let column = null, lowest = 0, highest = 0;
    const flush = () => {
      if (column == null) return;
      out.push(`${pen ? 'L' : 'M'}${column} ${py(highest).toFixed(1)}V${py(lowest).toFixed(1)}`);
      pen = true;
    };
    for (let i = first; i <= last; i++) {
      if (Number.isNaN(y[i])) { if (dense) { flush(); column = null; } pen = false; continue; }
      const x = px(spec.x[i]);
      if (dense) {
        const here = Math.round(x);
        if (here !== column) { flush(); column = here; lowest = highest = y[i]; }
        lowest = Math.min(lowest, y[i]); highest = Math.max(highest, y[i]);
      } else {
        const end = spec.step ? `H${px(i + 1 < n ? spec.x[i + 1] : whole.to).toFixed(1)}` : '';
        out.push(`${pen ? 'L' : 'M'}${x.toFixed(1)} ${py(y[i]).toFixed(1)}${end}`);
        pen = true;
      }
    }
    if (dense) flush();
    return out.join('');
  }

  function band(s, first, last, py) {
    const there = [];
    for (let i = first; i <= last; i++) if (!Number.isNaN(s.low[i])) there.push(i);
    const point = (i, y) => `${px(spec.x[i]).toFixed(1)} ${py(y[i]).toFixed(1)}`;
    const up = there.map((i) => point(i, s.high)), down = there.reverse().map((i) => point(i, s.low));
    return up.length ? `M${up.concat(down).join('L')}Z` : '';
  }

  function read(series) {
    const value = (s) => `${decimal(s.y[at], spec.digits)}${Number.isNaN(s.y[at]) || !spec.unit ? '' : ` ${spec.unit}`}`;
    if (at == null) {
      readout.replaceChildren(...series.map((s) => el('span', {}, sampleLine(s.k), s.name)));
      return;
    }
    readout.replaceChildren(el('b', {}, spec.say(at)), ...series.map((s) => el('span', {}, sampleLine(s.k), `${s.name} `, el('b', {}, value(s)))));
    svg.setAttribute('aria-valuenow', at);
    svg.setAttribute('aria-valuetext', `${spec.say(at)}: ${series.map((s) => `${s.name} ${value(s)}`).join(', ')}`);
  }

  const local = (event) => event.clientX - svg.getBoundingClientRect().left;
  svg.addEventListener('pointerdown', (event) => { drag = { from: local(event) }; svg.setPointerCapture(event.pointerId); });
  svg.addEventListener('pointermove', (event) => {
    const x = local(event);
    if (drag && Math.abs(x - drag.from) > 6) drag.to = x;
    at = Math.min(n - 1, Math.max(0, locate(unpx(x))));
    draw();
  });
  svg.addEventListener('pointerup', () => {
    const done = drag;
    drag = null;
    if (done?.to != null) look(unpx(Math.min(done.from, done.to)), unpx(Math.max(done.from, done.to)));
    else draw();
  });
  svg.addEventListener('pointercancel', () => { drag = null; draw(); });
  svg.addEventListener('pointerleave', () => { if (!drag && document.activeElement !== svg) { at = null; draw(); } });
  svg.addEventListener('dblclick', () => look(whole.from, whole.to));
  svg.addEventListener('keydown', (event) => {
    const move = (by) => {
      at = Math.min(n - 1, Math.max(0, (at ?? locate(view.from)) + by));
      if (spec.x[at] < view.from || spec.x[at] > view.to) pan(spec.x[at] < view.from ? -0.5 : 0.5);
      draw();
    };
    const keys = {
      ArrowRight: () => move(event.shiftKey ? 10 : 1), ArrowLeft: () => move(event.shiftKey ? -10 : -1), ArrowUp: () => zoom(0.5), ArrowDown: () => zoom(2),
      '+': () => zoom(0.5), '-': () => zoom(2), PageDown: () => pan(0.5), PageUp: () => pan(-0.5),
      Home: () => move(-n), End: () => move(n), Escape: () => look(whole.from, whole.to), 0: () => look(whole.from, whole.to),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  new ResizeObserver(() => { if (Math.abs(svg.clientWidth - width) > 1) draw(); }).observe(svg);
  onStrategies.push(draw);
  draw();
  return { draw, look };
}

/** Limits close to each other share a line of text. */
function labelLimits(limits, py, w, parts, spec) {
  const groups = [];
  for (const [name, y] of limits) {
    const near = groups.find((g) => Math.abs(py(g.y) - py(y)) < 15);
    const text = `${name} ${decimal(y, 0)} ${spec.unit}`;
    if (near) { near.texts.push(text); near.y = Math.max(near.y, y); } else groups.push({ y, texts: [text] });
  }
  for (const group of groups) {
    parts.push(el('text', { class: 'limit-label', x: MARGIN.left + w - 4, y: py(group.y) - 5, 'text-anchor': 'end' }, group.texts.join(', ')));
  }
}

/** Round values from below `low` to above `high`. */
function niceTicks(low, high, wanted) {
  const raw = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw - 1e-12) ?? 10 * power;
  const ticks = [];
  for (let k = Math.floor(low / step + 1e-9); ; k++) {
    ticks.push(k * step);
    if (k * step >= high - step * 1e-9) return ticks;
  }
}

/** Digits after the point that a step of an axis needs. */
function digitsOf(step) {
  let digits = 0;
  while (digits < 9 && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-6) digits++;
  return digits;
}

/** Ticks of a plain number axis. */
function numberTicks(from, to, room) {
  const ticks = niceTicks(from, to, Math.max(2, Math.floor(room / 90)));
  const digits = digitsOf(ticks[1] - ticks[0]);
  return ticks.map((at) => ({ at, label: decimal(at, digits) }));
}
