'use strict';
// What every page does: theme, strategies shown, sections folded, definitions, drawings enlarged.

const DATA = JSON.parse(document.getElementById('data').textContent);
const root = document.documentElement;

/** An element with attributes and children; texts become text nodes, so nothing in the data can become markup. */
function el(tag, attributes = {}, ...children) {
  const svg = ['svg', 'path', 'line', 'rect', 'text', 'g', 'circle', 'polyline', 'title', 'clipPath'].includes(tag);
  const node = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child != null));
  return node;
}

/** A number with fixed digits, thousands apart, a true minus. */
function decimal(x, digits) {
  if (x == null || Number.isNaN(x)) return '–';
  let [whole, rest] = Math.abs(x).toFixed(digits).split('.');
  if (whole.length > 4) whole = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  const text = rest ? `${whole}.${rest}` : whole;
  return x < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** The line of a strategy as charts draw it. */
function sampleLine(k) {
  return el('svg', { class: `sample l${k}`, viewBox: '0 0 34 10', 'aria-hidden': 'true' }, el('path', { d: 'M0 5H34' }));
}

/** Strategies that are shown, by number; `onStrategies` are told when they change. */
const shown = DATA.strategies.map(() => true);
const onStrategies = [];

for (const button of document.querySelectorAll('.strategies button')) {
  button.addEventListener('click', () => {
    const k = Number(button.dataset.strategy);
    // One stays: an empty page tells nothing.
    if (shown[k] && shown.filter(Boolean).length === 1) return;
    shown[k] = !shown[k];
    button.setAttribute('aria-pressed', shown[k]);
    root.classList.toggle(`hide${k}`, !shown[k]);
    onStrategies.forEach((tell) => tell());
  });
}

// Theme: the system's until somebody chooses.
const theme = document.getElementById('theme');
const systemDark = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : systemDark.matches);
const tellTheme = () => theme.setAttribute('aria-pressed', isDark());
theme.addEventListener('click', () => {
  root.dataset.theme = isDark() ? 'light' : 'dark';
  try { localStorage.setItem('copperplate-theme', root.dataset.theme); } catch { /* a page on disk may have no store */ }
  tellTheme();
});
systemDark.addEventListener('change', tellTheme);
tellTheme();

// Sections of the table of key figures fold.
for (const body of document.querySelectorAll('table.figures tbody')) {
  const head = body.querySelector('.group th');
  const button = el('button', { type: 'button', 'aria-expanded': 'true', 'aria-controls': body.id }, head.textContent);
  button.addEventListener('click', () => {
    const folded = body.classList.toggle('folded');
    button.setAttribute('aria-expanded', !folded);
  });
  head.replaceChildren(button);
}

// Definitions appear beside their figure, on pointing and on focus, and go with Escape.
for (const term of document.querySelectorAll('.term')) {
  const tip = document.getElementById(term.getAttribute('aria-describedby'));
  const open = () => {
    const at = term.getBoundingClientRect();
    tip.classList.add('open');
    const room = window.innerWidth - tip.offsetWidth - 8;
    tip.style.left = `${Math.max(8, Math.min(at.left, room))}px`;
    const below = at.bottom + 6 + tip.offsetHeight < window.innerHeight;
    tip.style.top = below ? `${at.bottom + 6}px` : `${at.top - tip.offsetHeight - 6}px`;
  };
  const close = () => tip.classList.remove('open');
  addEventListener('scroll', () => { if (tip.classList.contains('open')) open(); }, { passive: true });
  term.addEventListener('mouseenter', open);
  term.addEventListener('focus', open);
  term.addEventListener('click', open);
  term.parentElement.addEventListener('mouseleave', () => { if (document.activeElement !== term) close(); });
  term.addEventListener('blur', close);
  term.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
}

// Drawings open large.
for (const figure of document.querySelectorAll('figure.drawing:not(.fallback)')) {
  const drawing = figure.querySelector('svg');
  if (!drawing) continue;
  const name = drawing.querySelector('title')?.textContent ?? 'drawing';
  const button = el('button', { type: 'button', class: 'enlarge', 'aria-label': `Enlarge: ${name}` }, 'Enlarge');
  button.addEventListener('click', () => {
    const close = el('button', { type: 'button', onclick: () => dialog.close() }, 'Close');
    const dialog = el('dialog', { 'aria-label': name }, close, drawing.cloneNode(true));
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  });
  figure.prepend(button);
}
