// Drives a real browser over the board and prints what it saw as JSON: node look.mjs URL FOLDER SCENARIO
import { createRequire } from 'node:module';
const { chromium } = createRequire(process.cwd() + '/')('playwright-core');

const [url, folder, scenario] = process.argv.slice(2);
const seen = { errors: [] };
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});
const patience = { timeout: 120000 };

async function page(width, height, colorScheme = 'light') {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const opened = await context.newPage();
  opened.setDefaultTimeout(patience.timeout);
  opened.on('pageerror', error => seen.errors.push(error.message));
  opened.on('console', message => { if (message.type() === 'error') seen.errors.push(message.text()); });
  return opened;
}

async function live(opened, query = '') {
  await opened.goto(url + query);
  await opened.locator('#connection[data-state=live]').waitFor(patience);
}

/** Waits for an answer by asking again from here: the page's own policy forbids the evaluation by which waitForFunction repeats. */
async function until(ask) {
  const end = Date.now() + patience.timeout;
  for (let answer = await ask(); ; answer = await ask()) {
    if (answer) return answer;
    if (Date.now() > end) throw new Error('no answer in time: ' + ask);
    await new Promise(done => setTimeout(done, 50));
  }
}

/** At three sizes, light and dark, for the eyes; only where screenshots are made anew. */
async function shots(name) {
  if (!process.env.SHOTS) return;
  for (const [size, width, height] of [['desktop', 1400, 900], ['tablet', 820, 1180], ['phone', 390, 844]]) {
    for (const scheme of ['light', 'dark']) {
      const other = await page(width, height, scheme);
      await live(other);
      await other.waitForTimeout(1500);
      seen[`overflows ${name} ${size} ${scheme}`] = await other.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      await other.screenshot({ path: `${folder}/shot-${name}-${size}-${scheme}.png` });
      await other.context().close();
    }
  }
}

const scenarios = {
  async empty() {
    const board = await page(1280, 800);
    await live(board);
    await board.locator('#attention-empty').waitFor();
    seen.empty = await board.locator('.empty:visible').allTextContents();
    // the first paint waits for a few small files and for no data
    const first = await page(1280, 800);
    await first.route('**/api/stream', () => {});
    await first.goto(url);
    seen.paint = await first.evaluate(async () => {
      const paint = () => performance.getEntriesByName('first-contentful-paint')[0];
      while (!paint()) await new Promise(done => setTimeout(done, 10));
      const files = performance.getEntriesByType('resource').filter(file => !file.name.includes('/api/'));
      return { ms: Math.round(paint().startTime), files: files.length, bytes: files.reduce((sum, file) => sum + file.transferSize, 0), sections: document.querySelectorAll('h2').length };
    });
    await board.screenshot({ path: folder + '/empty.png' });
    await shots('empty');
  },

  async busy() {
    const board = await page(1400, 900);
    await live(board);
    await board.locator('#finished-rows .row').nth(3).waitFor();
    await board.locator('#attention-rows .row').first().waitFor();
    await board.locator('#quota-rows .quota').first().waitFor();
    seen.title = await board.title();
    // one is put away, and stays so over a reload; all of them, at once, since rows come and go by themselves
    const first = await board.evaluate(() => {
      const keys = [...document.querySelectorAll('#attention-rows .row')].map(row => row.dataset.key);
      keys.forEach(key => document.querySelector(`#attention-rows .row[data-key="${key}"] .put-away`).click());
      return keys[0];
    });
    await board.locator(`#attention-rows .row[data-key="${first}"]`).waitFor({ state: 'detached' });
    await board.reload();
    await board.locator('#attention-restore:visible').waitFor();
    seen.putAwayStays = await board.locator(`#attention-rows .row[data-key="${first}"]`).count() === 0;
    await board.locator('#attention-restore').click();
    // a turn that changed lines, in full
    const newest = board.locator('#finished-rows .row', { has: board.locator('.numbers .good') }).first();
    const changed = board.locator(`#finished-rows .row[data-key="${await newest.getAttribute('data-key')}"]`);
    await changed.locator('button.title').click();
    await board.locator('.detail .diff').first().waitFor();
    seen.diff = await board.locator('.detail .diff div').evaluateAll(lines => [...new Set(lines.map(line => line.className))].sort());
    seen.summary = (await board.locator('.detail pre').allTextContents()).join('\n').length > 20;
    await board.locator('#volume-plot .plot canvas').waitFor();
    // a command, and what came of it
    await changed.locator('.actions textarea').fill('Add a test for this');
    await changed.locator('.actions button', { hasText: 'Follow up' }).click();
    await board.locator('#commands-rows .why', { hasText: /accepted|rejected|waits|unknown/ }).waitFor(patience);
    seen.reply = await board.locator('#commands-rows .why').textContent();
    await board.evaluate(() => scrollTo(0, 0));
    await board.screenshot({ path: folder + '/busy.png' });
    // filters are in the address
    const repository = await board.locator('#filter-repository option').nth(1).getAttribute('value');
    await board.locator('#filter-repository').selectOption(repository);
    seen.address = new URL(board.url()).searchParams.get('repository') === repository;
    await live(board, '?repository=' + encodeURIComponent(repository));
    await board.locator('#finished-rows .row').first().waitFor();
    seen.filtered = await board.locator('#finished-rows .meta').evaluateAll((metas, name) => metas.length > 0 && metas.some(meta => meta.textContent.includes(name)), repository);
    // the keyboard
    await live(board);
    await board.locator('#finished-rows .row').first().waitFor();
    await board.keyboard.press('j');
    seen.focused = await board.evaluate(() => document.activeElement.classList.contains('title') || !!document.activeElement.closest('.title'));
    // at once, since rows come and go by themselves
    seen.goesOn = await board.evaluate(() => {
      const next = document.activeElement.closest('.row').nextElementSibling;
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'x', bubbles: true }));
      return next.contains(document.activeElement);
    });
    await board.keyboard.press('/');
    seen.search = await board.evaluate(() => document.activeElement.id);
    await board.keyboard.press('Escape');
    seen.left = await board.evaluate(() => document.activeElement === document.body);
    for (const [name, width, height, scheme] of [['dark', 1100, 800, 'dark'], ['phone', 390, 844, 'light']]) {
      const other = await page(width, height, scheme);
      await live(other);
      await other.locator('#finished-rows .row').first().waitFor();
      seen[name + 'Overflows'] = await other.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      await other.screenshot({ path: `${folder}/${name}.png` });
    }
    await shots('busy');
  },

  async many() {
    const board = await page(1400, 900);
    const started = Date.now();
    await board.goto(url);
    seen.firstPaintMs = await board.evaluate(async () => {
      const paint = () => performance.getEntriesByName('first-contentful-paint')[0];
      while (!paint()) await new Promise(done => setTimeout(done, 10));
      return Math.round(paint().startTime);
    });
    await board.locator('#connection[data-state=live]').waitFor(patience);
    await board.waitForSelector('#finished-count:has-text("5000")');
    seen.completeMs = Date.now() - started;
    seen.rows = await board.locator('#finished-rows .row').count();
    await board.locator('#finished-more').click();
    seen.moreRows = await board.locator('#finished-rows .row').count();
    await board.locator('#quota-more', { hasText: 'Show 32 more' }).waitFor(patience);
    seen.quotas = await board.locator('#quota-rows .quota strong').allTextContents();
    await board.locator('#quota-more').click();
    seen.moreQuotas = await board.locator('#quota-rows .quota').count();
    await board.locator('#volume-plot .legend li').first().waitFor();
    await board.setViewportSize({ width: 390, height: 844 });
    // a title of many lines, against one of one line
    const height = async locator => locator.evaluate(title => title.getBoundingClientRect().height);
    const long = board.locator('#finished-rows button.title', { hasText: /^w+$/ });
    const one = await height(board.locator('#finished-rows button.title', { hasText: /^Task number \d+$/ }).first());
    seen.titleLines = Math.round(await height(long) / one);
    seen.titleTooltip = (await long.getAttribute('title')).length;
    await board.screenshot({ path: folder + '/long-title.png' });
    await long.click();
    seen.openTitleLines = Math.round(await height(long) / one);
    await long.click();
    seen.overflows = await board.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    await board.setViewportSize({ width: 1400, height: 900 });
    const before = Date.now();
    await board.locator('#filter-q').fill('number 4321');
    await board.locator('#finished-rows .row').nth(1).waitFor({ state: 'detached' });
    seen.filterMs = Date.now() - before;
    seen.found = await board.locator('#finished-rows .title').allTextContents();
    await board.locator('#filter-q').fill('script');
    await board.locator('#finished-rows .row .title', { hasText: '<img' }).first().waitFor();
    seen.ranScript = await board.evaluate(() => 'injected' in window);
    seen.images = await board.locator('#finished-rows img').count();
    seen.scriptLinks = await board.locator('main a').evaluateAll(links => links.filter(link => !/^https?:/.test(link.href)).length);
    await board.screenshot({ path: folder + '/many.png' });
    await shots('many');
  },

  async commands() {
    const board = await page(1280, 900);
    await live(board);
    for (const at of [0, 1, 2]) {
      const row = board.locator('#finished-rows .row').nth(at);
      await row.locator('button.title').click();
      await row.locator('.actions').waitFor();
      if (at === 0) {
        await row.locator('textarea').fill('Mend the tests too');
        await row.locator('.actions button', { hasText: 'Follow up' }).click();
      } else {
        await row.locator('.actions button', { hasText: 'Start again' }).click();
      }
      await board.locator('#commands-rows .row').nth(at).waitFor();
      if (at < 2) await row.locator('button.title').click();
    }
    seen.beside = await board.locator('#finished-rows .actions [role=status]').allTextContents();
    seen.waiting = await board.locator('#commands-rows .why').allTextContents();
    console.error('READY');
    await board.locator('#commands-rows .why', { hasText: 'unknown' }).waitFor();
    await board.locator('#commands-rows .why', { hasText: 'rejected' }).waitFor();
    await board.locator('#commands-rows .why', { hasText: 'accepted' }).waitFor();
    seen.replied = await board.locator('#commands-rows .row').evaluateAll(rows => rows.map(row => row.querySelector('.title').textContent + ' | ' + row.querySelector('.why').textContent));
    seen.announced = await board.locator('#announce').textContent();
    seen.besideThen = await board.locator('#finished-rows .actions [role=status]').textContent();
    seen.task = await board.locator('#commands-rows a').getAttribute('href');
    await board.evaluate(() => scrollTo(0, 0));
    await board.screenshot({ path: folder + '/commands.png' });
    await board.reload();
    await board.locator('#commands-rows .why', { hasText: 'accepted' }).waitFor();
    await board.locator('#commands-rows .put-away').first().click();
    seen.left = await board.locator('#commands-rows .row').count();
  },

  async memory() {
    const board = await page(1280, 900);
    const cdp = await board.context().newCDPSession(board);
    await cdp.send('Performance.enable');
    const measured = async () => {
      for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage');
      const { metrics } = await cdp.send('Performance.getMetrics');
      return Object.fromEntries(metrics.filter(metric => ['JSHeapUsedSize', 'Nodes', 'JSEventListeners', 'Documents'].includes(metric.name)).map(metric => [metric.name, metric.value]));
    };
    await live(board);
    seen.rounds = [];
    for (let round = 1; round <= 3; round++) {
      console.error('READY');
      for (const partition of [0, 1]) await board.locator('#finished-rows .row .title', { hasText: `End of round ${round} in partition ${partition}` }).waitFor(patience);
      // open and close some, as a person does
      for (let i = 0; i < 5; i++) {
        await board.locator('#finished-rows .row button.title').nth(i).click();
        await board.locator('#finished-rows .row .detail pre').first().waitFor();
        await board.locator('#finished-rows .row button.title').nth(i).click();
        await board.locator('#finished-rows .row .detail').first().waitFor({ state: 'detached' });
      }
      seen.rounds.push({ ...await measured(), turns: await board.locator('#finished-count').textContent() });
    }
  },

  async news() {
    const board = await page(1280, 900);
    // every plot, as the library made it
    await board.addInitScript(() => {
      let library;
      window.plots = [];
      Object.defineProperty(window, 'uPlot', {
        set: loaded => { library = new Proxy(loaded, { construct: (type, given) => (window.plots.push(new type(...given)), window.plots.at(-1)) }); },
        get: () => library,
      });
    });
    await live(board);
    const inside = () => board.evaluate(() => window.plots.filter(plot => plot.root.closest('#volume-plot')).map(plot => {
      const last = plot.data[0].at(-1);
      return { last, inside: plot.scales.x.max > last && plot.scales.x.min < plot.data[0][0] };
    }).at(-1));
    seen.first = await until(inside);
    console.error('READY');
    await board.locator('#announce', { hasText: 'Needs you' }).waitFor({ state: 'attached', ...patience });
    seen.announced = await board.locator('#announce').textContent();
    seen.nextDay = await until(async () => {
      const plot = await inside();
      return plot.last > seen.first.last && plot;
    });
  },

  async broken() {
    const board = await page(1280, 800);
    await live(board);
    const phone = await page(390, 844, 'dark');
    await live(phone);
    console.error('READY');
    await board.locator('#connection[data-state=broken]').waitFor(patience);
    await phone.locator('#connection[data-state=broken]').waitFor(patience);
    await phone.screenshot({ path: folder + '/broken-phone.png' });
    seen.said = await board.locator('#connection').textContent();
    await board.screenshot({ path: folder + '/broken.png' });
    seen.errors = [];
  },
};

try {
  await scenarios[scenario]();
} catch (failure) {
  for (const opened of browser.contexts().flatMap(context => context.pages())) await opened.screenshot({ path: `${folder}/failed-${scenario}.png` });
  console.error(JSON.stringify(seen));
  throw failure;
}
await browser.close();
console.log(JSON.stringify(seen));
