// Draws the icons of the installed page from public/favicon.svg. Run it after a change of that file and
// commit what it writes: the build needs no browser. Usage: npm run icons
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';

const PUBLIC = path.resolve(import.meta.dirname, '../public');
// A maskable icon may be cut to any shape: its drawing stays within the middle 80 %, on a full square.
const ICONS = [
  { name: 'icon-192.png', size: 192 },
  { name: 'icon-512.png', size: 512 },
  { name: 'maskable-512.png', size: 512, full: true },
  { name: 'apple-touch-180.png', size: 180, full: true },
];

const svg = await readFile(`${PUBLIC}/favicon.svg`, 'utf8');
const full = svg
  .replace('rx="8"', '')
  .replace('/><path', '/><g transform="translate(3.6 3.6) scale(0.775)"><path')
  .replace('</svg>', '</g></svg>');
const browser = await chromium.launch({
  executablePath: process.env.A67_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
for (const icon of ICONS) {
  const { size } = icon;
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<body style="margin:0;background:none">${icon.full ? full : svg}</body>`);
  await page.locator('svg').evaluate((svg, px) => {
    svg.setAttribute('width', px);
    svg.setAttribute('height', px);
    svg.style.display = 'block';
  }, size);
  await writeFile(`${PUBLIC}/icons/${icon.name}`, await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
