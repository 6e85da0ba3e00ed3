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

const scenarios = {
  async empty() {
    const board = await page(1280, 800);
    await live(board);
    await board.locator('#attention-empty').waitFor();
    seen.empty = await board.locator('.empty:visible').allTextContents();
    await board.screenshot({ path: folder + '/empty.png' });
  },

  async busy() {
    const board = await page(1400, 900);
    await live(board);
    await board.locator('#finished-rows .row').nth(3).waitFor();
    await board.locator('#attention-rows .row').first().waitFor();
    await board.locator('#quota-rows .quota').first().waitFor();
    seen.title = await board.title();
    // one is put away, and stays so over a reload
    const first = await board.locator('#attention-rows .row').first().getAttribute('data-key');
    await board.locator('#attention-rows .row .put-away').first().click();
    await board.locator(`#attention-rows .row[data-key="${first}"]`).waitFor({ state: 'detached' });
    await board.reload();
    await board.locator('#attention-restore:visible').waitFor();
    seen.putAwayStays = await board.locator(`#attention-rows .row[data-key="${first}"]`).count() === 0;
    // a turn that changed lines, in full
    const changed = board.locator('#finished-rows .row', { has: board.locator('.numbers .good') }).first();
    await changed.locator('button.title').click();
    await board.locator('.detail .diff').first().waitFor();
    seen.diff = await board.locator('.detail .diff div').evaluateAll(lines => [...new Set(lines.map(line => line.className))].sort());
    seen.summary = (await board.locator('.detail pre').allTextContents()).join('\n').length > 20;
    await board.locator('#volume-plot .plot canvas').waitFor();
    await board.evaluate(() => scrollTo(0, 0));
    await board.screenshot({ path: folder + '/busy.png' });
    // filters are in the address
    const repository = await board.locator('#filter-repository option').nth(1).getAttribute('value');
    await board.locator('#filter-repository').selectOption(repository);
    seen.address = new URL(board.url()).searchParams.get('repository') === repository;
    await live(board, '?repository=' + encodeURIComponent(repository));
    seen.filtered = await board.locator('#finished-rows .meta').evaluateAll((metas, name) => metas.length > 0 && metas.some(meta => meta.textContent.includes(name)), repository);
    // the keyboard
    await live(board);
    await board.locator('#finished-rows .row').first().waitFor();
    await board.keyboard.press('j');
    seen.focused = await board.evaluate(() => document.activeElement.classList.contains('title') || !!document.activeElement.closest('.title'));
    await board.keyboard.press('/');
    seen.search = await board.evaluate(() => document.activeElement.id);
    for (const [name, width, height, scheme] of [['dark', 1100, 800, 'dark'], ['phone', 390, 844, 'light']]) {
      const other = await page(width, height, scheme);
      await live(other);
      await other.locator('#finished-rows .row').first().waitFor();
      seen[name + 'Overflows'] = await other.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      await other.screenshot({ path: `${folder}/${name}.png` });
    }
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
  },

  async broken() {
    const board = await page(1280, 800);
    await live(board);
    console.error('READY');
    await board.locator('#connection[data-state=broken]').waitFor(patience);
    seen.said = await board.locator('#connection').textContent();
    await board.screenshot({ path: folder + '/broken.png' });
    seen.errors = [];
  },
};

await scenarios[scenario]();
await browser.close();
console.log(JSON.stringify(seen));
