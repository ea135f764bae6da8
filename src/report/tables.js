'use strict';
// Tables with a filter per text column, a search, sums, and groups: settlement and ledger.

const PAGE_ROWS = 25;

/** A table in `place` of `data`: { rows, columns: [{ name, texts: [dictionary, codes] } | { name, digits, values }] }. */
function filterTable(place, name, data, filters, groups) {
  const columns = data.columns;
  const texts = columns.filter((c) => c.texts), numbers = columns.filter((c) => c.values);
  const cell = (c, row) => c.texts[0][c.texts[1][row]];
  const chosen = new Map();
  let search = '', group = groups[0].join('|'), limit = PAGE_ROWS;

  const controls = el('div', { class: 'controls' });
  for (const c of texts.filter((c) => filters.includes(c.name) && c.texts[0].length > 1)) {
    const options = [...c.texts[0].keys()].sort((a, b) => (c.texts[0][a] < c.texts[0][b] ? -1 : 1));
    const select = el('select', {}, el('option', { value: '' }, 'all'), options.map((k) => el('option', { value: k }, c.texts[0][k] || '(none)')));
    select.addEventListener('change', () => {
      if (select.value === '') chosen.delete(c); else chosen.set(c, Number(select.value));
      limit = PAGE_ROWS;
      fill();
    });
    controls.append(el('label', {}, `${c.name} `, select));
  }
  const find = el('input', { type: 'search', placeholder: 'find', 'aria-label': `Find in ${name}`, size: 12 });
  find.addEventListener('input', () => { search = find.value.toLowerCase(); limit = PAGE_ROWS; fill(); });
  const by = el('select', {}, el('option', { value: '' }, 'each entry'), groups.map((g) => el('option', { value: g.join('|') }, `sum by ${g.join(', ')}`)));
  by.value = group;
  by.addEventListener('change', () => { group = by.value; limit = PAGE_ROWS; fill(); });
  controls.append(el('label', {}, 'show ', by), find);

  const status = el('p', { class: 'note', role: 'status' });
  const table = el('table', {});
  const more = el('button', { type: 'button', onclick: () => { limit *= 5; fill(); } }, 'More rows');
  place.append(controls, status, el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': name }, table), more);

  function matches(row) {
    for (const [c, code] of chosen) if (c.texts[1][row] !== code) return false;
    // Strategies that the page hides are hidden here too.
    const strategy = DATA.strategies.indexOf(cell(columns[0], row));
    if (strategy >= 0 && !shown[strategy]) return false;
    return search === '' || texts.some((c) => cell(c, row).toLowerCase().includes(search));
  }

  function fill() {
    const rows = [];
    for (let row = 0; row < data.rows; row++) if (matches(row)) rows.push(row);
    const heads = group ? texts.filter((c) => group.split('|').includes(c.name)) : texts;
    let lines = rows.map((row) => ({ key: heads.map((c) => cell(c, row)), sums: numbers.map((c) => c.values[row]), count: 1 }));
    if (group) lines = grouped(lines);
    const head = el('tr', {}, heads.map((c) => el('th', { scope: 'col' }, c.name)), group ? el('th', { scope: 'col', class: 'num' }, 'entries') : null,
      numbers.map((c) => el('th', { scope: 'col', class: 'num' }, c.name)));
    const body = lines.slice(0, limit).map((line) => el('tr', {},
      line.key.map((text, k) => (k === 0 ? el('th', { scope: 'row' }, text) : el('td', {}, text))), group ? el('td', { class: 'num' }, String(line.count)) : null,
      line.sums.map((x, k) => el('td', { class: 'num' }, decimal(x, numbers[k].digits)))));
    const foot = sumsByStrategy(rows).map(([name, sums]) => el('tr', {}, el('th', { scope: 'row', colspan: heads.length + (group ? 1 : 0) }, `All matching entries, ${name}`),
      sums.map((x, k) => el('td', { class: 'num' }, decimal(x, numbers[k].digits)))));
    table.replaceChildren(el('caption', { class: 'hidden-text' }, name), el('thead', {}, head), el('tbody', {}, body), el('tfoot', {}, foot));
    status.textContent = `${rows.length} of ${data.rows} entries match${lines.length > limit ? `; the first ${limit} are shown` : ''}.`;
    more.hidden = lines.length <= limit;
  }

  /** Strategies are alternatives, so a sum over them would mean nothing. */
  function sumsByStrategy(rows) {
    const sums = new Map();
    for (const row of rows) {
      const name = cell(columns[0], row);
      if (!sums.has(name)) sums.set(name, numbers.map(() => 0));
      numbers.forEach((c, k) => { sums.get(name)[k] += c.values[row]; });
    }
    return [...sums];
  }

  function grouped(lines) {
    const sums = new Map();
    for (const line of lines) {
      const known = sums.get(line.key.join('\u0000'));
      if (!known) sums.set(line.key.join('\u0000'), line);
      else { known.count += 1; line.sums.forEach((x, k) => { known.sums[k] += x; }); }
    }
    return [...sums.values()];
  }

  onStrategies.push(fill);
  fill();
}
