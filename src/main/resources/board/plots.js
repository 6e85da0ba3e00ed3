/** The two plots, drawn with uPlot, which is loaded with the first of them. */
const COLOURS = ['#1f9e7e', '#d98324', '#5a78d1', '#b3518f', '#8a8f2f', '#777'];
let library;

function load() {
  library ??= new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = '/uplot.js';
    script.onload = () => done(window.uPlot);
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}

/** Formats of times are the reader's, as everywhere on the page. */
function axes(time, format) {
  const colour = getComputedStyle(document.documentElement).getPropertyValue('--soft').trim();
  const line = getComputedStyle(document.documentElement).getPropertyValue('--line').trim();
  const axis = { stroke: colour, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: '11px system-ui' };
  const local = new Intl.DateTimeFormat([], time);
  return [{ ...axis, space: 60, values: (plot, seconds) => seconds.map(each => local.format(each * 1000)) }, { ...axis, size: 52, values: (plot, values) => values.map(format) }];
}

const drawn = new Map();

async function draw(figure, options, data) {
  const UPlot = await load();
  const box = figure.querySelector('.plot');
  figure.hidden = false;
  const width = Math.max(200, box.clientWidth);
  const shape = JSON.stringify(options.series.map(series => series.label)) + width;
  const known = drawn.get(figure);
  if (known && known.shape === shape) {
    known.plot.setData(data);
    return;
  }
  known?.plot.destroy();
  drawn.set(figure, { shape, plot: new UPlot({ ...options, width, height: 160 }, data, box) });
}

/** What the colours mean. */
function names(figure, texts) {
  figure.querySelector('.legend').replaceChildren(...texts.map((text, at) => {
    const item = document.createElement('li');
    const swatch = document.createElement('span');
    swatch.className = 'swatch';
    swatch.style.background = COLOURS[at];
    item.append(swatch, text);
    return item;
  }));
}

/** A line per window over the last 24 hours. */
export function quota(figure, quotas) {
  const shown = quotas.filter(one => one.samples.length > 1).slice(0, COLOURS.length);
  if (!shown.length) {
    figure.hidden = true;
    return;
  }
  const times = [...new Set(shown.flatMap(one => one.samples.map(sample => sample[0])))].sort((a, b) => a - b);
  const lines = shown.map(one => {
    const values = new Map(one.samples.map(sample => [sample[0], sample[1]]));
    let last = null;
    return times.map(time => (last = values.has(time) ? values.get(time) : last));
  });
  names(figure, shown.map(one => `${one.limit} ${one.window}`));
  draw(figure, {
    legend: { show: false },
    scales: { y: { range: [0, 100] } },
    axes: axes({ hour: 'numeric', minute: '2-digit' }, value => value + ' %'),
    series: [{}, ...shown.map((one, at) => ({ label: one.limit + ' ' + one.window, stroke: COLOURS[at], width: 2, spanGaps: true }))],
    cursor: { y: false },
  }, [times, ...lines]);
}

/** Lines added and removed per day, a bar per day, stacked by repository. */
export function volume(figure, turns) {
  const days = new Map();
  const totals = new Map();
  for (const turn of turns) {
    if (!turn.diff_stats || !turn.ended_at) continue;
    const date = new Date(turn.ended_at);
    const day = new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / 1000;
    const repository = turn.repository || turn.environment || 'unknown';
    const lines = turn.diff_stats.lines_added + turn.diff_stats.lines_removed;
    if (!days.has(day)) days.set(day, new Map());
    days.get(day).set(repository, (days.get(day).get(repository) || 0) + lines);
    totals.set(repository, (totals.get(repository) || 0) + lines);
  }
  if (!days.size) {
    figure.hidden = true;
    return;
  }
  const largest = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a)).slice(0, COLOURS.length - 1);
  const other = totals.size > largest.length;
  const groups = other ? [...largest, 'other'] : largest;
  const today = new Date(new Date().setHours(0, 0, 0, 0)).getTime() / 1000;
  const times = [...new Set([...Array(7).keys()].map(back => today - back * 86400).concat([...days.keys()]))].sort((a, b) => a - b);
  const of = (time, name) => {
    const day = days.get(time) || new Map();
    return name === 'other'
      ? [...day].filter(([repository]) => !largest.includes(repository)).reduce((sum, [, lines]) => sum + lines, 0)
      : day.get(name) || 0;
  };
  // a later series is drawn over an earlier one, so the tallest sum comes first
  const stacked = groups.map((name, at) => times.map(time => groups.slice(at).reduce((sum, each) => sum + of(time, each), 0) || null));
  load().then(UPlot => draw(figure, {
    axes: axes({ month: 'short', day: 'numeric' }, value => (value >= 1000 ? value / 1000 + ' k' : value)),
    // by the data, which has another day after midnight
    scales: { x: { range: (plot, first, last) => [first - 43200, last + 43200] } },
    series: [{}, ...groups.map((name, at) => ({
      label: name, stroke: COLOURS[at], fill: COLOURS[at], paths: UPlot.paths.bars({ size: [0.6, 60] }), points: { show: false },
    }))],
    legend: { show: false },
    cursor: { show: false },
  }, [times, ...stacked]));
  const rest = [...totals].filter(([each]) => !largest.includes(each)).reduce((sum, [, lines]) => sum + lines, 0);
  names(figure, groups.map(name => `${name}: ${(name === 'other' ? rest : totals.get(name)).toLocaleString()} lines`));
}
