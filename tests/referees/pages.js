// Opens pages in Chromium as readers do, and tells what was found there as JSON.
//   node pages.js AXE CHROMIUM FILE...
"use strict";
const { chromium } = require("playwright-core");
const fs = require("fs");

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const MODES = {
  "320 px": { width: 320, media: {} },
  "1280 px": { width: 1280, media: {} },
  dark: { width: 1280, media: { colorScheme: "dark" } },
  "forced colours": { width: 1280, media: { forcedColors: "active" } },
  print: { width: 794, media: { media: "print" } },
};
const LONGEST_WALK = 60;

// What the Tab key meets: where in the page, whether it can be seen, whether focus changes how it looks.
const here = () => {
  const element = document.activeElement;
  if (!element || element === document.body) { return null; }
  const all = [...document.querySelectorAll("*")];
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const main = document.querySelector("main");
  return {
    tag: element.tagName.toLowerCase(), name: (element.textContent || "").trim().slice(0, 40), order: all.indexOf(element),
    seen: box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight,
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    href: element.getAttribute("href"), inMain: Boolean(main && main.contains(element)),
  };
};

async function keyboard(page) {
  await page.keyboard.press("Tab");
  const first = await page.evaluate(here);
  let jump = null;
  let landed = false;
  if (first && first.href && first.href.startsWith("#")) {
    await page.keyboard.press("Enter");
    landed = await page.evaluate(() => {
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      return Boolean(target && target.closest("main"));
    });
    await page.keyboard.press("Tab");
    jump = await page.evaluate(here);
  }
  await page.reload();
  const walk = [];
  for (let n = 0; n < LONGEST_WALK; n += 1) {
    await page.keyboard.press("Tab");
    const met = await page.evaluate(here);
    if (!met) { break; }
    walk.push(met);
  }
  return { first, jump, landed, walk };
}

async function look(browser, axe, file) {
  const asked = [];
  const watch = async (context) => {
    const page = await context.newPage();
    await page.route(/^(?!file:|data:|about:)/, (route) => { asked.push(route.request().url()); route.abort(); });
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto("file://" + file);
    return { page, errors };
  };
  const context = await browser.newContext();
  const { page, errors } = await watch(context);
  await page.evaluate(axe);
  const modes = {};
  for (const [name, mode] of Object.entries(MODES)) {
    await page.setViewportSize({ width: mode.width, height: 900 });
    await page.emulateMedia({ media: "screen", colorScheme: "light", forcedColors: "none", ...mode.media });
    const result = await page.evaluate((rules) => window.axe.run({ runOnly: rules }), RULES);
    modes[name] = {
      violations: result.violations.map((v) => [v.id, ...v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160))]),
      passed: result.passes.length,
      overflow: await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    };
  }
  await page.emulateMedia({ media: "screen", colorScheme: "light", forcedColors: "none" });
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.reload();
  const keys = await keyboard(page);
  await context.close();
  const bare = await browser.newContext({ javaScriptEnabled: false });
  const without = (await watch(bare)).page;
  const text = await without.locator("body").innerText();
  await bare.close();
  return { file, asked, errors, modes, keys, text };
}

(async () => {
  const [axe, executablePath, ...files] = process.argv.slice(2);
  const source = fs.readFileSync(axe, "utf8");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  const browser = await chromium.launch({ executablePath, args });
  const found = [];
  for (const file of files) { found.push(await look(browser, source, file)); }
  await browser.close();
  console.log(JSON.stringify(found));
})().catch((error) => { console.error(error); process.exit(1); });
