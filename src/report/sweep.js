'use strict';
// The page of a sweep: a key figure over a parameter, a line per strategy, a band over seeds and what is not held.

const SWEEP = DATA.sweep;
const MOST_PLACES = 24; // values of a parameter beyond which cases are gathered in classes

/** Parameters with a number for each case and the text of it; the seed is one where it varies. */
const PARAMETERS = SWEEP.parameters.map((p) => ({
  key: p.key,
  at: p.values ?? p.codes,
  text: p.texts ? (v) => p.texts[v] : (v) => String(v),
  categories: p.texts ?? null,
}));
if (new Set(SWEEP.seed).size > 1) PARAMETERS.push({ key: 'seed', at: SWEEP.seed, text: String, categories: null });

function explorer(place) {
  if (!PARAMETERS.length || !SWEEP.figures.length) {
    place.append(el('p', {}, 'The sweep has one set of parameters and one seed, so there is no chart.'));
    return;
  }
  const figure = el('select', {});
  for (const section of new Set(SWEEP.figures.map((f) => f.section))) {
    const options = SWEEP.figures.map((f, k) => [f, k]).filter(([f]) => f.section === section);
    figure.append(el('optgroup', { label: section }, options.map(([f, k]) => el('option', { value: k }, f.unit ? `${f.label} (${f.unit})` : f.label))));
  }
  const wanted = SWEEP.figures.findIndex((f) => f.key === 'overload_realised_mwh');
  figure.value = Math.max(0, wanted);
  const parameter = el('select', {}, PARAMETERS.map((p, k) => el('option', { value: k }, p.key)));
  const held = el('div', { class: 'controls' });
  const meaning = el('p', { class: 'note' });
  const chartPlace = el('div', { class: 'chart-place' });
  place.append(el('div', { class: 'controls' }, el('label', {}, 'Key figure ', figure), el('label', {}, 'over ', parameter)), held, meaning, chartPlace);

  /** A select for each other parameter with few values: all of them, or one held. */
  function others() {
    held.replaceChildren();
    PARAMETERS.forEach((p, k) => {
      const values = [...new Set(p.at)].filter((v) => v != null).sort((a, b) => a - b);
      if (k === Number(parameter.value) || values.length < 2 || values.length > 12) return;
      const select = el('select', { 'data-parameter': k }, el('option', { value: '' }, 'all'), values.map((v) => el('option', { value: v }, p.text(v))));
      select.addEventListener('change', draw);
      held.append(el('label', {}, `${p.key} `, select));
    });
    draw();
  }

  function draw() {
    const f = SWEEP.figures[Number(figure.value)], p = PARAMETERS[Number(parameter.value)];
    const fixed = [...held.querySelectorAll('select')].filter((s) => s.value !== '').map((s) => [PARAMETERS[Number(s.dataset.parameter)], Number(s.value)]);
    const cases = SWEEP.ok.map((_, i) => i).filter((i) => SWEEP.ok[i] && p.at[i] != null && f.values[i] != null && fixed.every(([q, v]) => q.at[i] === v));
    const { places, placeOf, texts } = gathered(p, cases);
    const lines = DATA.strategies.map((name, k) => {
      const [sum, count, low, high] = [0, 0, Infinity, -Infinity].map((v) => new Float64Array(places.length).fill(v));
      for (const i of cases.filter((i) => SWEEP.strategy[i] === k)) {
        const at = placeOf(p.at[i]), value = f.values[i];
        sum[at] += value; count[at] += 1;
        low[at] = Math.min(low[at], value); high[at] = Math.max(high[at], value);
      }
      const known = (a) => a.map((v, i) => (count[i] ? v : NaN));
      return { k, name, y: known(sum.map((v, i) => v / count[i])), low: known(low), high: known(high) };
    });
    meaning.textContent = `${f.section}, ${f.label}: ${f.meaning}.${f.source ? ` Source: ${f.source}.` : ''} ${cases.length} cases.`;
    chartPlace.replaceChildren();
    onStrategies.length = 0;
    if (places.length < 1) { chartPlace.append(el('p', {}, 'No case has a value here.')); return; }
    lineChart(chartPlace, {
      id: 'sweep', whole: 'Whole range', x: Float64Array.from(places), end: places.length === 1 ? places[0] + 1 : places[places.length - 1], unit: f.unit, digits: f.digits, zero: !(extreme(lines, 'low', Math.min, Infinity) > 0.5 * extreme(lines, 'high', Math.max, -Infinity)),
      yLabel: `${f.section}: ${f.label}${f.unit ? ` (${f.unit})` : ''}`, xLabel: p.key, label: `${f.label} over ${p.key}. Arrow keys move the reading line.`,
      series: () => lines, ticks: p.categories ? () => places.map((at) => ({ at, label: texts[at] })) : numberTicks, say: (i) => `${p.key} ${texts[i]}`,
    });
  }

  figure.addEventListener('change', draw);
  parameter.addEventListener('change', others);
  others();
}

/** The lowest or highest value of all lines; an axis begins at zero unless all of them are far from it. */
const extreme = (lines, side, of, start) => lines.reduce((a, l) => l[side].reduce((b, v) => (Number.isNaN(v) ? b : of(b, v)), a), start);

/** Places on the axis: the parameter's values, or the middles of equal classes where there are many. */
function gathered(p, cases) {
  const values = [...new Set(cases.map((i) => p.at[i]))].sort((a, b) => a - b);
  if (values.length <= MOST_PLACES) {
    const index = new Map(values.map((v, i) => [v, i]));
    return { places: values, placeOf: (v) => index.get(v), texts: values.map(p.text) };
  }
  const classes = 12, low = values[0], width = (values[values.length - 1] - low) / classes;
  const short = (v) => String(Number(v.toPrecision(3)));
  const places = Array.from({ length: classes }, (_, i) => low + (i + 0.5) * width);
  return { places, placeOf: (v) => Math.min(classes - 1, Math.floor((v - low) / width)), texts: places.map((_, i) => `${short(low + i * width)} to ${short(low + (i + 1) * width)}`) };
}

explorer(document.getElementById('explorer'));
