// Asks the server for news, shows the chosen format, and keeps the last good page where something is wrong.
'use strict';
const shown = document.getElementById('shown');
const errors = document.getElementById('errors');
const status = document.getElementById('status');
const tabs = [...document.querySelectorAll('[role="tab"]')];
let form = 'html';
let round = 0;
let showing = 0;

function element(name, attributes, ...inner) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inner);
  return made;
}

function tell(found, good) {
  errors.replaceChildren();
  errors.hidden = found.length === 0;
  if (errors.hidden) return;
  const kept = good ? ' – the last good page is shown' : '';
  errors.append(element('h2', {}, (found.length === 1 ? '1 error' : `${found.length} errors`) + kept));
  const list = element('ul', {});
  for (const each of found) {
    const place = each.place ? [element('code', {}, each.place), ': '] : [];
    const field = each.field ? ` (${each.field})` : '';
    list.append(element('li', {}, ...place, `${each.code} ${each.message}${field}`, each.hint ? ` – ${each.hint}` : ''));
  }
  errors.append(list);
}

async function show() {
  const wanted = form;
  const turn = ++showing;
  status.textContent = 'rendering …';
  const state = await (await fetch(`/state/${wanted}`)).json();
  if (turn !== showing) return;
  tell(state.errors, state.good);
  status.textContent = state.errors.length ? 'not as it should be' : `round ${state.round}`;
  if (!state.good) { shown.replaceChildren(); return; }
  const place = shown.scrollTop;
  if (wanted === 'pdf' || wanted === 'docx') {
    const name = wanted === 'pdf' ? 'PDF' : 'Word file';
    const link = element('a', { href: `/file/${wanted}`, download: `preview.${wanted}` }, `Take the ${name}`);
    const pages = element('div', { class: 'pages' }, element('p', {}, link, state.note ? ` – ${state.note}` : ''));
    for (let n = 1; n <= state.pages; n += 1) {
      pages.append(element('img', { src: `/picture/${wanted}/${n}?round=${state.round}`, alt: `Page ${n} of ${state.pages}`, loading: 'lazy' }));
    }
    shown.replaceChildren(pages);
  } else {
    const frame = element('iframe', { src: `/shown/${wanted}?round=${state.round}`, title: 'What the pack makes of the data', sandbox: 'allow-scripts' });
    shown.replaceChildren(frame);
  }
  shown.scrollTop = place;
  document.body.dataset.round = String(state.round);
  document.body.dataset.form = wanted;
}

function choose(tab) {
  for (const each of tabs) {
    each.setAttribute('aria-selected', String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
  }
  form = tab.dataset.form;
  shown.setAttribute('aria-labelledby', tab.id);
  show();
}

for (const [at, tab] of tabs.entries()) {
  tab.addEventListener('click', () => choose(tab));
  tab.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next.focus();
    choose(next);
  });
}

async function listen() {
  for (;;) {
    try {
      const news = await (await fetch(`/news?since=${round}`)).json();
      if (news.round > round) {
        round = news.round;
        await show();
      }
    } catch (problem) {
      status.textContent = 'the preview has ended';
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    }
  }
}
listen();
