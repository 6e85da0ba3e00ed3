import { diff } from '/diff.js';
import { quota as quotaPlot, volume as volumePlot } from '/plots.js';

const MOST = 5000;
const STEP = 100;
const $ = id => document.getElementById(id);
const state = { attention: [], running: [], quotas: [], lag: null, pipeline: null, status: {}, replies: new Map(), turns: new Map() };
let shown = STEP;
let attentionShown = 5;
let quotasShown = 8;
const opened = new Set();

// ---- what this browser remembers

const memory = {
  get(key, otherwise) {
    try { return JSON.parse(localStorage.getItem('turnpike.' + key)) ?? otherwise; } catch { return otherwise; }
  },
  set(key, value) {
    try { localStorage.setItem('turnpike.' + key, JSON.stringify(value)); } catch { /* private windows may refuse: then it holds for this page */ }
  },
};
const putAway = new Map(memory.get('put-away', []));
let sent = memory.get('commands', []).filter(command => Date.now() - command.at < 86400000);
let seenUntil = memory.get('seen-until', null) ?? new Date(Date.now() - 86400000).toISOString();

// ---- filters, in the address so that a link shows the same

const NAMES = ['q', 'repository', 'environment', 'account'];
const filters = Object.fromEntries(NAMES.map(name => [name, new URLSearchParams(location.search).get(name) || '']));

function matches(item) {
  const words = filters.q.toLowerCase();
  return (!filters.repository || item.repository === filters.repository)
    && (!filters.environment || item.environment === filters.environment)
    && (!filters.account || item.account === filters.account)
    && (!words || [item.title, item.id, item.task_id, item.why, item.summary].some(text => text && text.toLowerCase().includes(words)));
}

function setFilter(name, value) {
  filters[name] = value;
  const query = new URLSearchParams(NAMES.filter(each => filters[each]).map(each => [each, filters[each]]));
  history.replaceState(null, '', query.size ? '?' + query : location.pathname);
  shown = STEP;
  render();
}

function renderFilters() {
  const everything = [...state.turns.values(), ...state.running, ...state.attention, ...state.quotas];
  for (const name of ['repository', 'environment', 'account']) {
    const select = $('filter-' + name);
    const values = [...new Set(everything.map(item => item[name]).filter(Boolean).concat(filters[name] || []))].sort();
    if (select.dataset.values !== values.join('\n') || !select.options.length) {
      select.dataset.values = values.join('\n');
      select.replaceChildren(new Option('all', ''), ...values.map(value => new Option(value, value)));
    }
    select.value = filters[name];
  }
  if (document.activeElement !== $('filter-q')) $('filter-q').value = filters.q;
  $('filter-clear').hidden = !NAMES.some(name => filters[name]);
}

// ---- small things

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('aria-') || key === 'role' || key.startsWith('data-')) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter(child => child !== null && child !== undefined && child !== ''));
  return made;
}

/** Links of strangers: only to the web, and without a referrer. */
function link(url, text) {
  if (!url || !/^https?:\/\//i.test(url)) return text;
  return element('a', { href: url, target: '_blank', rel: 'noopener noreferrer', textContent: text });
}

/** The tooltip of a title that may be cut off after some lines. */
function tooltip(text) {
  return text && text.length > 60 ? text : '';
}

function ago(text) {
  const seconds = Math.max(0, (Date.now() - Date.parse(text)) / 1000);
  if (seconds < 60) return Math.floor(seconds) + ' s';
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min';
  if (seconds < 86400) return Math.floor(seconds / 3600) + ' h ' + Math.floor(seconds % 3600 / 60) + ' min';
  return Math.floor(seconds / 86400) + ' d';
}

function since(text, before = '', after = '') {
  if (!text) return null;
  return element('time', { dateTime: text, title: new Date(text).toLocaleString(), textContent: before + ago(text) + after, 'data-before': before, 'data-after': after });
}

function clock(text) {
  const date = new Date(text);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return date.toDateString() === new Date().toDateString() ? time : date.toLocaleDateString([], { weekday: 'short', day: 'numeric', month: 'short' }) + ' ' + time;
}

/** Times within a sentence as the reader's own. */
function local(text) {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, clock);
}

function account(id) {
  const end = (id || '').split('/');
  return element('span', { title: id || '', textContent: end[end.length - 1] || '' });
}

function meta(...parts) {
  return element('p', { className: 'meta' }, ...parts.filter(Boolean).map(part => (part instanceof Node ? part : element('span', { textContent: part }))));
}

/** Changes only the rows that changed, so that focus, selection and what is open stay. */
function fill(list, items, keyOf, make) {
  const kept = new Set(items.map(item => String(keyOf(item))));
  // at first: a row that goes would make all after it move, and what is moved loses the focus
  for (const row of [...list.children].filter(each => !kept.has(each.dataset.key))) {
    const beside = row.contains(document.activeElement) && (row.nextElementSibling || row.previousElementSibling);
    row.remove();
    // who puts rows away by key goes on from there
    if (beside) beside.querySelector('.title')?.focus();
  }
  const known = new Map([...list.children].map(row => [row.dataset.key, row]));
  let at = list.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const text = JSON.stringify(item) + opened.has(key) + (item.ended_at > seenUntil);
    let row = known.get(key);
    known.delete(key);
    if (!row || row.text !== text) {
      const made = make(item);
      made.dataset.key = key;
      made.text = text;
      if (row) {
        const focused = row.contains(document.activeElement) && document.activeElement.className;
        if (row === at) at = row.nextElementSibling;
        row.remove();
        list.insertBefore(made, at);
        if (focused) made.querySelector('.title')?.focus();
      } else {
        list.insertBefore(made, at);
      }
      row = made;
    } else if (row === at) {
      at = at.nextElementSibling;
    } else {
      list.insertBefore(row, at);
    }
  }
}

// ---- the sections

function attentionRow(item) {
  const away = element('button', { type: 'button', className: 'put-away', textContent: 'Put away', 'aria-label': 'Put away: ' + (item.title || item.why) });
  away.onclick = () => {
    putAway.set(item.key, Date.now());
    memory.set('put-away', [...putAway].slice(-500));
    render();
  };
  return element('li', { className: 'row' },
    element('div', { className: 'head' },
      element('span', { className: 'mark ' + (item.level === 'error' ? 'bad' : 'warning'), textContent: item.level === 'error' ? '✗' : '!', role: 'img', 'aria-label': item.level }),
      element('span', { className: 'title', tabIndex: -1, title: tooltip(item.title) }, item.title ? link(item.url, item.title) : item.account ? account(item.account) : 'Turnpike'), away),
    meta(element('span', { className: 'why', textContent: local(item.why) }), since(item.since, 'for ', ''), item.repository || item.environment, item.title && item.account && account(item.account)),
    meta(element('span', { textContent: '→ ' + (item.action || '') })));
}

function runningRow(task) {
  return element('li', { className: 'row' },
    element('div', { className: 'head' },
      element('span', { className: 'mark', textContent: '▸', role: 'img', 'aria-label': task.status }),
      element('span', { className: 'title', tabIndex: -1, title: tooltip(task.title) }, link(task.url, task.title || task.id)),
      element('span', { className: 'numbers' }, since(task.created_at) || '')),
    meta(task.status === 'pending' ? 'pending' : 'in progress', task.attempts > 1 ? task.attempts + ' attempts' : null, task.repository || task.environment, task.branch, account(task.account)));
}

const MARKS = { completed: ['✓', 'good'], failed: ['✗', 'bad'], cancelled: ['–', ''] };

function finishedRow(turn) {
  const [mark, colour] = MARKS[turn.status] || ['?', ''];
  const isOpen = opened.has(turn.reference);
  const title = element('button', { type: 'button', className: 'title', title: tooltip(turn.title), textContent: turn.title || turn.task_id, 'aria-expanded': String(isOpen) });
  const numbers = turn.diff_stats
    ? [element('span', { className: 'good', textContent: '+' + turn.diff_stats.lines_added }), ' ', element('span', { className: 'bad', textContent: '−' + turn.diff_stats.lines_removed }), ` ${turn.diff_stats.files_modified} ${turn.diff_stats.files_modified === 1 ? 'file' : 'files'}`]
    : [];
  const row = element('li', { className: 'row' + (turn.ended_at > seenUntil && !turn.backfill ? ' new' : '') },
    element('div', { className: 'head' },
      element('span', { className: 'mark ' + colour, textContent: mark, role: 'img', 'aria-label': turn.status }), title,
      element('span', { className: 'numbers' }, ...numbers)),
    meta(since(turn.ended_at, '', ' ago'), turn.repository || turn.environment, turn.attempts > 1 ? turn.attempts + ' attempts' : null,
      ...turn.pull_requests.map(pr => element('span', {}, link(pr.url, '#' + pr.number), ' ' + pr.state)), account(turn.account), turn.backfill ? 'from the history' : null),
    turn.error ? meta(element('span', { className: 'bad', textContent: turn.error })) : turn.summary ? meta(element('span', { textContent: plain(turn.summary) })) : null);
  title.onclick = () => {
    if (opened.has(turn.reference)) opened.delete(turn.reference);
    else opened.add(turn.reference);
    render();
  };
  if (isOpen) {
    const detail = element('div', { className: 'detail', textContent: 'Reading …' });
    row.append(detail);
    open(turn, detail);
  }
  return row;
}

/** The first lines of a Markdown text, without its marks. */
function plain(text) {
  return text.replace(/^\s*\*\*(summary|testing)\*\*\s*$/gim, '').replace(/[*`#]+/g, '').replace(/\s+/g, ' ').trim().slice(0, 240);
}

async function open(turn, detail) {
  try {
    const reply = await fetch('/api/turns/' + turn.reference);
    if (!reply.ok) throw new Error((await reply.text()).trim());
    const whole = await reply.json();
    detail.replaceChildren(
      ...(whole.prompt ? [element('strong', { textContent: 'Prompt' }), element('pre', { textContent: whole.prompt })] : []),
      ...(whole.error ? [element('strong', { textContent: 'Error' }), element('pre', { className: 'bad', textContent: [whole.error.code, whole.error.message].filter(Boolean).join(': ') })] : []),
      ...(whole.summary ? [element('strong', { textContent: 'Summary' }), element('pre', { textContent: whole.summary })] : []),
      ...(whole.diff ? [diff(whole.diff + (whole.diff_truncated ? '\n… cut off, see the task' : ''))] : []),
      element('p', {}, link(whole.url, 'Open in Codex')),
      ...(state.status.commands ? [actions(turn, whole)] : []));
  } catch (failure) {
    detail.textContent = 'Cannot be shown: ' + failure.message;
  }
}

// ---- commands, where they are enabled

function actions(turn, whole) {
  const box = element('div', { className: 'actions' });
  const words = element('textarea', { placeholder: 'What should happen next?', 'aria-label': 'Prompt of the follow-up' });
  const followUp = element('button', { type: 'button', textContent: 'Follow up' });
  const again = element('button', { type: 'button', textContent: 'Start again', disabled: !whole.prompt || whole.prompt_truncated || !whole.environment });
  const said = element('span', { role: 'status' });
  const made = new Map();
  const send = async (fields, button) => {
    button.disabled = true;
    // the id is made once, so that a repeated click cannot start two tasks
    if (!made.has(button)) made.set(button, { id: 'board-' + crypto.randomUUID(), account: turn.account, ...fields });
    const command = made.get(button);
    try {
      const reply = await fetch('/api/commands', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(command) });
      if (!reply.ok) throw new Error((await reply.text()).trim());
      said.dataset.command = command.id;
      keepSent([...sent.filter(each => each.id !== command.id), { id: command.id, at: Date.now(), name: button.textContent, title: turn.title || turn.task_id }].slice(-MOST_SENT));
    } catch (failure) {
      said.textContent = 'Not sent: ' + failure.message;
      button.disabled = false;
    }
  };
  followUp.onclick = () => {
    if (words.value.trim()) send({ type: 'task.follow-up', task_id: turn.task_id, prompt: words.value }, followUp);
    else words.focus();
  };
  again.onclick = () => send({ type: 'task.create', environment: whole.environment, prompt: whole.prompt, ...(whole.branch ? { branch: whole.branch } : {}) }, again);
  box.append(words, followUp, again, said);
  return box;
}

const MOST_SENT = 20;

function keepSent(commands) {
  sent = commands;
  memory.set('commands', sent);
  render();
}

/** Mark, colour and words of a reply; of a command without one yet, too. */
function outcome(reply) {
  const why = local([reply?.reason?.replaceAll('-', ' '), reply?.detail].filter(Boolean).join(': '));
  switch (reply?.word) {
    case 'accepted': return ['✓', 'good', 'accepted'];
    case 'rejected': return ['✗', 'bad', 'rejected' + (why ? ', ' + why : '')];
    case 'deferred': return ['…', 'warning', `waits until ${clock(reply.until)}` + (why ? ', ' + why : '')];
    case 'unknown': return ['!', 'warning', 'unknown: it may have taken effect or not, and is not sent again' + (why ? ' (' + why + ')' : '')];
    default: return ['…', '', 'no reply yet'];
  }
}

function commandRow({ command, reply }) {
  const [mark, colour, words] = outcome(reply);
  const away = element('button', { type: 'button', className: 'put-away', textContent: 'Put away', 'aria-label': 'Put away: ' + command.name + ' ' + command.title });
  away.onclick = () => keepSent(sent.filter(each => each.id !== command.id));
  return element('li', { className: 'row' },
    element('div', { className: 'head' },
      element('span', { className: 'mark ' + colour, textContent: mark, role: 'img', 'aria-label': reply?.word || 'waiting' }),
      element('span', { className: 'title', tabIndex: -1, title: tooltip(command.title) }, command.name + ': ', link(reply?.url, command.title)), away),
    meta(element('span', { className: 'why', textContent: words }), since(reply?.at || new Date(command.at).toISOString(), '', ' ago')));
}

function renderCommands() {
  $('commands').hidden = !state.status.commands || !sent.length;
  $('commands-count').textContent = sent.length || '';
  // beside the buttons as well, where the person is
  document.querySelectorAll('[data-command]').forEach(said => {
    said.textContent = 'Sent: ' + outcome(state.replies.get(said.dataset.command))[2];
  });
  fill($('commands-rows'), sent.map(command => ({ command, reply: state.replies.get(command.id) })).reverse(), item => item.command.id, commandRow);
}

function quotaRow(quota) {
  const used = Math.round(quota.used_percent);
  const colour = quota.blocked || used >= 90 ? 'bad' : used >= 75 ? 'warning' : 'good';
  return element('li', { className: 'quota' },
    element('div', { className: 'line' },
      element('span', {}, `${quota.limit} ${quota.window.replaceAll('_', ' ')} `, account(quota.account), quota.plan ? ` (${quota.plan})` : ''),
      element('strong', { className: colour, textContent: used + ' %' + (quota.blocked ? ', limit reached' : '') })),
    element('meter', { min: 0, max: 100, low: 75, high: 90, optimum: 0, value: Math.min(100, used), 'aria-label': `${quota.limit} ${quota.window}: ${used} percent used` }),
    element('div', { className: 'line meta' },
      element('span', { textContent: quota.pace === undefined ? '' : `${quota.pace.toFixed(1)} % per hour` + (quota.runs_out_at ? `, used up at ${clock(quota.runs_out_at)}` : '') }),
      element('span', { textContent: quota.resets_at ? 'resets ' + clock(quota.resets_at) : '' })));
}

function renderPipeline() {
  const rows = [];
  const row = (name, ...value) => rows.push(element('dt', { textContent: name }), element('dd', {}, ...value));
  const known = state.pipeline;
  if (known) {
    for (const [name, at] of Object.entries(known.last_polls)) row('Last good poll ' + name.split('/').pop(), since(at, '', ' ago'));
    if (state.lag) row('Detection lag', `${state.lag.median.toFixed(1)} s median, ${state.lag.largest.toFixed(1)} s largest`);
    for (const group of known.groups) row('Lag of ' + group.name, group.lag === undefined ? 'nothing read yet' : group.lag + ' behind');
    for (const [name, at] of Object.entries(known.last_deliveries)) row('Last delivery ' + name, since(at, '', ' ago'));
    if (known.dead_letters !== undefined) row('Dead letters', element('span', { className: known.dead_letters ? 'bad' : '', textContent: known.dead_letters }));
    $('version').textContent = 'Turnpike ' + known.version;
  }
  $('pipeline-rows').replaceChildren(...rows);
}

let sortedTurns = [];
let turnsChanged = false;

function render() {
  renderFilters();
  const needs = state.attention.filter(matches);
  const attention = needs.filter(item => !putAway.has(item.key));
  fill($('attention-rows'), attention.slice(0, attentionShown), item => item.key, attentionRow);
  $('attention-more').hidden = attention.length <= attentionShown;
  $('attention-more').textContent = `Show ${attention.length - attentionShown} more`;
  $('attention-count').textContent = attention.length || '';
  $('attention-empty').hidden = attention.length > 0 || !state.status.complete;
  const restore = $('attention-restore');
  restore.hidden = needs.length === attention.length;
  restore.textContent = `${needs.length - attention.length} put away, show`;
  document.title = (attention.length ? `(${attention.length}) ` : '') + 'Turnpike';

  renderCommands();

  const running = state.running.filter(matches);
  fill($('running-rows'), running.slice(0, 500), task => task.id, runningRow);
  $('running-count').textContent = running.length || '';
  $('running-empty').hidden = running.length > 0 || !state.status.complete;

  if (turnsChanged) {
    sortedTurns = [...state.turns.values()].sort((a, b) => (a.ended_at < b.ended_at ? 1 : -1));
    turnsChanged = false;
    volumePlot($('volume-plot'), sortedTurns);
  }
  const finished = sortedTurns.filter(matches);
  const fresh = finished.filter(turn => turn.ended_at > seenUntil && !turn.backfill).length;
  fill($('finished-rows'), finished.slice(0, shown), turn => turn.reference, finishedRow);
  $('finished-count').textContent = finished.length ? `${finished.length}${fresh ? `, ${fresh} new` : ''}` : '';
  $('finished-empty').hidden = finished.length > 0 || !state.status.complete;
  $('finished-more').hidden = finished.length <= shown;
  $('finished-seen').hidden = !fresh;

  const quotas = state.quotas.filter(quota => !filters.account || quota.account === filters.account);
  // of many, those that are used up soonest
  const soonest = quotas.length > quotasShown ? [...quotas].sort((a, b) => b.used_percent - a.used_percent).slice(0, quotasShown) : quotas;
  $('quota-more').hidden = soonest.length === quotas.length;
  $('quota-more').textContent = `Show ${quotas.length - quotasShown} more`;
  fill($('quota-rows'), soonest.map(({ samples, ...rest }) => rest), quota => [quota.account, quota.limit, quota.window].join('|'), quotaRow);
  $('quota-empty').hidden = quotas.length > 0 || !state.status.complete;
  quotaPlot($('quota-plot'), soonest);
  renderPipeline();
}

let planned = false;
function plan() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => { planned = false; render(); });
}

// ---- the live stream

function connection(word, text) {
  $('connection').dataset.state = word;
  $('connection').textContent = text;
}

const stream = new EventSource('/api/stream');
const on = (name, take) => stream.addEventListener(name, message => { take(JSON.parse(message.data)); plan(); });
on('reset', () => { state.turns.clear(); turnsChanged = true; });
on('attention', items => {
  const known = new Set(state.attention.map(item => item.key));
  const news = items.filter(item => !known.has(item.key) && !putAway.has(item.key));
  if (state.status.complete && news.length) $('announce').textContent = news.length === 1 ? `Needs you: ${news[0].title || news[0].account || 'Turnpike'}. ${news[0].why}` : `${news.length} more need you`;
  state.attention = items;
});
on('running', tasks => { state.running = tasks; });
on('quotas', quotas => { state.quotas = quotas; });
on('lag', lag => { state.lag = lag; });
on('replies', replies => {
  for (const reply of replies) {
    const command = sent.find(each => each.id === reply.command_id);
    if (command && state.status.complete && state.replies.get(reply.command_id)?.word !== reply.word) $('announce').textContent = `${command.name} ${command.title}: ${outcome(reply)[2]}`;
  }
  state.replies = new Map(replies.map(reply => [reply.command_id, reply]));
});
on('pipeline', pipeline => { state.pipeline = pipeline; });
on('turns', turns => {
  turns.forEach(turn => state.turns.set(turn.reference, turn));
  turnsChanged = true;
  if (state.turns.size > MOST + 500) {
    const kept = [...state.turns.values()].sort((a, b) => (a.ended_at < b.ended_at ? 1 : -1)).slice(0, MOST);
    state.turns = new Map(kept.map(turn => [turn.reference, turn]));
  }
});
on('status', status => {
  state.status = status;
  if (status.failure) connection('broken', 'Kafka cannot be read: ' + status.failure);
  else connection(status.complete ? 'live' : 'reading', status.complete ? 'Live' : 'Reading the topics …');
});
let lost = null;
stream.onopen = () => { lost = null; };
stream.onerror = () => {
  lost ??= clock(new Date().toISOString());
  connection('broken', `No connection since ${lost}, retrying …`);
};

// ---- what a person does

$('filters').addEventListener('input', event => setFilter(event.target.name, event.target.value));
$('filters').addEventListener('submit', event => event.preventDefault());
$('filters').addEventListener('reset', () => { NAMES.forEach(name => { filters[name] = ''; }); setFilter('q', ''); });
$('attention-more').onclick = () => { attentionShown += STEP; render(); };
$('finished-more').onclick = () => { shown += STEP; render(); };
$('quota-more').onclick = () => { quotasShown += STEP; render(); };
$('finished-seen').onclick = () => { seenUntil = new Date().toISOString(); memory.set('seen-until', seenUntil); render(); };
$('attention-restore').onclick = () => { putAway.clear(); memory.set('put-away', []); render(); };
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && event.target === $('filter-q')) event.target.blur();
  if (event.target.matches('input, select, textarea') || event.ctrlKey || event.metaKey || event.altKey) return;
  const titles = [...document.querySelectorAll('.row .title')];
  const at = titles.findIndex(title => title.closest('.row').contains(document.activeElement));
  if (event.key === 'j' || event.key === 'k') {
    const next = titles[Math.min(titles.length - 1, Math.max(0, at + (event.key === 'j' ? 1 : -1)))];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  } else if (event.key === 'x' && at >= 0) {
    titles[at].closest('.row').querySelector('.put-away')?.click();
  } else if (event.key === 'Enter' && event.target.matches('span.title')) {
    event.target.querySelector('a')?.click();
  } else if (event.key === '/') {
    event.preventDefault();
    $('filter-q').focus();
  }
});
setInterval(() => document.querySelectorAll('time[data-before]').forEach(time => {
  time.textContent = time.dataset.before + ago(time.dateTime) + time.dataset.after;
}), 5000);
render();
