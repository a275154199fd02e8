// What a browser makes of a report page: all figures, no error, no request but the page, values where it is pointed at, nothing
// wider than a phone, both colour schemes with enough contrast, the choice of misclassified images.
// Usage: node test_report_page.mjs PAGE SWEEP_PAGE | --has-browser
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser, browserName } from "./browser.mjs";

if (process.argv[2] === "--has-browser") process.exit(browserName ? 0 : 1);

const [url, sweepUrl] = process.argv.slice(2).map(path => pathToFileURL(resolve(path)).href);
const browser = new Browser();
let passed = 0, failed = 0;

function check(name, condition, found = "") {
  condition ? ++passed : ++failed;
  console.log(`${condition ? "ok     " : "FAILED "} ${name}${condition ? "" : ` ${JSON.stringify(found)}`}`);
}

const figures = ["1", "2", "3", "4", "5", "6", "7", "a1", "a2"].map(name => `figure-${name}`);

async function checkQuiet(name, url) {
  const urls = browser.events.filter(event => event.method === "Network.requestWillBeSent").map(event => event.params.request.url)
    .filter(request => !request.startsWith("data:"));
  check(`${name}: no request but the page`, urls.length === 1 && urls[0] === url, urls);
  const errors = browser.events.filter(event => ["Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"].includes(event.method));
  check(`${name}: no error, nothing in the console`, errors.length === 0, errors);
}

// The elements that reach beyond the window, apart from what scrolls in a box of its own.
const tooWide = `[...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll > *") && !e.closest(".values") &&
  e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))`;

// Contrast (WCAG 2.1) of each text with the page behind it; those that are too weak.
const weakTexts = `(() => {
  const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = colour => { const [r, g, b] = colour.match(/[0-9.]+/g).map(Number); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const weak = new Set();
  for (const e of document.querySelectorAll("body *:not(script):not(style):not(title)")) {
    if (![...e.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const style = getComputedStyle(e), ink = light(e.namespaceURI.endsWith("svg") ? style.fill : style.color);
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (contrast < 4.5) weak.add(e.tagName + "." + (e.className.baseVal ?? e.className) + " " + contrast.toFixed(2));
  }
  return [...weak];
})()`;

async function checkHovering() {
  for (const id of ["figure-3", "figure-4", "figure-a1"]) {
    // The third value of the first plot, as the table below the figure has it.
    const point = await browser.evaluate(`(() => {
      const svg = document.querySelector("#${id} svg.plot"), dots = svg.querySelectorAll(".dot");
      svg.scrollIntoView({ block: "center" });
      const frame = svg.getBoundingClientRect(), scale = frame.width / svg.viewBox.baseVal.width;
      return { x: frame.left + dots[2].getAttribute("cx") * scale, y: frame.top + 120 * scale }; })()`);
    await browser.send("Input.dispatchMouseEvent", { type: "mouseMoved", ...point });
    const boxes = await browser.evaluate(`[...document.querySelectorAll("#${id} .values")].map(box => box.hidden ? null : box.innerText)`);
    const row = await browser.evaluate(`[...document.querySelectorAll("#${id} tbody tr:nth-child(3) td")].map(td => td.textContent)`);
    const [, trainAccuracy, trainLoss, valAccuracy, valLoss] = row.map(text => text.replace(/\u00a0%/, ""));
    const both = row.length > 4;
    check(`${id}: pointing shows epoch 3 in both plots`, boxes.length === 2 && boxes.every(text => text?.startsWith("epoch 3\n")), boxes);
    check(`${id}: its accuracies`, boxes[0]?.includes(`training ${trainAccuracy}`) && (!both || boxes[0].includes(`validation ${valAccuracy}`)), [boxes, row]);
    check(`${id}: its losses`, boxes[1]?.includes(`training ${trainLoss}`) && (!both || boxes[1].includes(`validation ${valLoss}`)), [boxes, row]);
    await browser.send("Input.dispatchMouseEvent", { type: "mouseMoved", x: 1, y: 1 });
    check(`${id}: gone when pointed elsewhere`, await browser.evaluate(`[...document.querySelectorAll(".values")].every(box => box.hidden)`));
  }
}

async function checkKeys() {
  await browser.evaluate(`document.querySelector("#figure-3 svg.plot").focus()`);
  for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "End"]) await browser.send("Input.dispatchKeyEvent", { type: "keyDown", key });
  const text = await browser.evaluate(`document.querySelector("#figure-3 .values").innerText`);
  check("the arrow keys and End walk through the epochs", text.startsWith("epoch 15\n"), text);
  await browser.send("Input.dispatchKeyEvent", { type: "keyDown", key: "Escape" });
  check("Escape hides the values", await browser.evaluate(`document.querySelector("#figure-3 .values").hidden`));
}

async function checkMistakes() {
  const shown = `[...document.querySelectorAll(".mistakes li")].filter(li => !li.hidden)`;
  const all = await browser.evaluate(`${shown}.length`);
  const cell = await browser.evaluate(`(() => {
    const cell = [...document.querySelectorAll(".cell")].find(c => c.dataset.true !== c.dataset.predicted);
    cell.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    return { t: cell.dataset.true, p: cell.dataset.predicted, n: Number(cell.querySelector("text").textContent) }; })()`);
  const chosen = await browser.evaluate(`${shown}.map(li => [li.dataset.true, li.dataset.predicted])`);
  check("a cell of the matrix shows its images", chosen.length === cell.n && all > cell.n && chosen.every(([t, p]) => t === cell.t && p === cell.p), [all, cell, chosen]);
  await browser.evaluate(`for (const select of document.querySelectorAll("#mistakes select")) {
    select.value = select.dataset.choice === "order" ? "sure" : ""; select.dispatchEvent(new Event("change")); }`);
  const sure = await browser.evaluate(`${shown}.map(li => Number(li.dataset.sure))`);
  check("surest first", sure.length === all && sure.every((value, i) => i === 0 || sure[i - 1] >= value), sure);
}

async function checkLayout(name, width) {
  const broken = await browser.evaluate(`Promise.all([...document.images].map(image => image.decode().then(() => 0, () => 1))).then(all => [all.length, all.reduce((a, b) => a + b, 0)])`);
  check(`${name}: all images decode`, broken[1] === 0, broken);
  const widths = await browser.evaluate(`[document.documentElement.scrollWidth, innerWidth]`);
  check(`${name}: the page does not scroll sideways`, widths[0] <= widths[1] && widths[1] <= width, widths);
  const wide = await browser.evaluate(tooWide);
  check(`${name}: nothing sticks out`, wide.length === 0, wide);
  const weak = await browser.evaluate(weakTexts);
  check(`${name}: contrast of all texts at least 4.5`, weak.length === 0, weak);
}

for (const width of [1280, 390])
  for (const scheme of ["light", "dark"]) {
    const name = `${width} px, ${scheme}`;
    await browser.open(url, { width, scheme, mobile: width < 500 });
    const found = await browser.evaluate(`${JSON.stringify(figures)}.filter(id => document.querySelector("#" + id + " svg")?.getBoundingClientRect().height > 50)`);
    check(`${name}: all figures`, found.length === figures.length, found);
    await checkLayout(name, width);
    if (width > 500 && scheme === "light") {
      await checkHovering();
      await checkKeys();
      await checkMistakes();
    }
    if (width < 500) {
      const point = await browser.evaluate(`(() => { const svg = document.querySelector("#figure-4 svg.plot"); svg.scrollIntoView({ block: "center" });
        const frame = svg.getBoundingClientRect(); return { x: frame.left + frame.width / 2, y: frame.top + frame.height / 2 }; })()`);
      await browser.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
      await browser.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
      const text = await browser.evaluate(`document.querySelector("#figure-4 .values").innerText`);
      check(`${name}: touching a plot shows values`, /^epoch \d+\ntraining [\d.]+\nvalidation [\d.]+$/.test(text), text);
    }
    await checkQuiet(name, url);
    await browser.close();
  }

for (const [width, scheme] of [[1280, "light"], [390, "dark"]]) {
  const name = `sweep, ${width} px, ${scheme}`;
  await browser.open(sweepUrl, { width, scheme, mobile: width < 500 });
  await checkLayout(name, width);
  const texts = await browser.evaluate(`[...document.querySelectorAll("figure")].map(figure => {
    const svg = figure.querySelector("svg.plot"), frame = svg.getBoundingClientRect();
    svg.dispatchEvent(new PointerEvent("pointermove", { clientX: frame.left + 60, pointerType: "mouse" }));
    return figure.querySelector(".values").innerText; })`);
  check(`${name}: pointing shows values`, texts.length === 2 && /^l2 0\nvalidation [\d.]+$/.test(texts[0]) && /^dropout 0,0\nvalidation [\d.]+$/.test(texts[1]), texts);
  await checkQuiet(name, sweepUrl);
  await browser.close();
}
await browser.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
