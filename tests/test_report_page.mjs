// What a browser makes of a report page: all figures, no error, no request but the page, values where it is pointed at, nothing
// wider than a phone, both colour schemes with enough contrast, the choice of misclassified images, the legend and the confusion
// matrix by keys alone, and what axe-core finds (its file: axe.min.js).
// Usage: node test_report_page.mjs PAGE SWEEP_PAGE [AXE] | --has-browser
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser, browserName } from "./browser.mjs";

if (process.argv[2] === "--has-browser") process.exit(browserName ? 0 : 1);

const [url, sweepUrl] = process.argv.slice(2, 4).map(path => pathToFileURL(resolve(path)).href);
const browser = new Browser();
let passed = 0, failed = 0;

function check(name, condition, found = "") {
  condition ? ++passed : ++failed;
  console.log(`${condition ? "ok     " : "FAILED "} ${name}${condition ? "" : ` ${JSON.stringify(found)}`}`);
}

const figures = Array.from({ length: 11 }, (_, i) => `figure-${i + 1}`);
const axe = process.argv[4] && readFileSync(process.argv[4], "utf8");

async function checkRules(name) {
  if (!axe) return;
  await browser.evaluate(`${axe}; 0`);
  const bad = await browser.evaluate(`axe.run().then(({ violations }) => violations.filter(v => ["serious", "critical"].includes(v.impact))
    .map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 200), v.nodes[0].failureSummary]))`);
  check(`${name}: no serious violation of axe-core's rules`, bad.length === 0, bad);
}

const press = async key => {
  const code = { " ": 32, Enter: 13, Tab: 9, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40 }[key];
  const text = { " ": " ", Enter: "\r" }[key];
  await browser.send("Input.dispatchKeyEvent", { type: "keyDown", key, windowsVirtualKeyCode: code, ...(text && { text }) });
  await browser.send("Input.dispatchKeyEvent", { type: "keyUp", key, windowsVirtualKeyCode: code });
};

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
  for (const id of ["figure-2", "figure-3", "figure-4"]) {
    // The third value of the first plot, as the table below the figure has it.
    const point = await browser.evaluate(`(() => {
      const svg = document.querySelector("#${id} svg.plot"), dots = svg.querySelectorAll(".dot");
      svg.scrollIntoView({ block: "center" });
      const frame = svg.getBoundingClientRect(), scale = frame.width / svg.viewBox.baseVal.width;
      return { x: frame.left + dots[2].getAttribute("cx") * scale, y: frame.top + 120 * scale }; })()`);
    await browser.send("Input.dispatchMouseEvent", { type: "mouseMoved", ...point });
    const boxes = await browser.evaluate(`[...document.querySelectorAll("#${id} .values")].map(box => box.hidden ? null : box.innerText)`);
    const row = await browser.evaluate(`[...document.querySelectorAll("#${id} tbody tr:nth-child(3) td")].map(td => td.textContent)`);
    const [trainAccuracy, trainLoss, , valAccuracy, valLoss] = row.map(text => text.replace(/\u00a0%/, ""));
    const both = row.length > 3;
    check(`${id}: pointing shows epoch 3 in both plots`, boxes.length === 2 && boxes.every(text => text?.startsWith("epoch 3\n")), boxes);
    check(`${id}: its accuracies`, boxes[0]?.includes(`training ${trainAccuracy}`) && (!both || boxes[0].includes(`validation ${valAccuracy}`)), [boxes, row]);
    check(`${id}: its losses`, boxes[1]?.includes(`training ${trainLoss}`) && (!both || boxes[1].includes(`validation ${valLoss}`)), [boxes, row]);
    await browser.send("Input.dispatchMouseEvent", { type: "mouseMoved", x: 1, y: 1 });
    check(`${id}: gone when pointed elsewhere`, await browser.evaluate(`[...document.querySelectorAll(".values")].every(box => box.hidden)`));
  }
}

// The values of any point lie beside the lines, not over them.
async function checkBoxes() {
  const covered = await browser.evaluate(`[...document.querySelectorAll("svg.plot")].filter(svg => svg.checkVisibility()).flatMap(svg => {
    const frame = svg.getBoundingClientRect(), scale = frame.width / svg.viewBox.baseVal.width;
    return [...svg.querySelectorAll(".dot")].filter(dot => {
      svg.dispatchEvent(new PointerEvent("pointermove", { clientX: frame.left + dot.getAttribute("cx") * scale, pointerType: "mouse" }));
      const box = svg.parentElement.querySelector(".values").getBoundingClientRect();
      return [...svg.closest("figure").querySelectorAll(".dot:not(.outside)")].map(other => other.getBoundingClientRect()).some(other =>
        other.right > box.left && other.left < box.right && other.bottom > box.top && other.top < box.bottom);
    }).map(dot => svg.closest("figure").id + " " + dot.dataset.at); })`);
  check("values do not cover a line", covered.length === 0, covered);
  await browser.evaluate(`document.querySelectorAll("svg.plot").forEach(svg => svg.dispatchEvent(new Event("blur")))`);
}

async function checkLegend() {
  const state = `(() => { const svg = document.querySelectorAll("#figure-1 svg.plot")[2];
    const frame = svg.getBoundingClientRect();
    svg.dispatchEvent(new PointerEvent("pointermove", { clientX: frame.left + 60, pointerType: "mouse" }));
    const rows = svg.parentElement.querySelectorAll(".values div").length;
    svg.dispatchEvent(new Event("blur"));
    return [["s0", "s1", "s2"].filter(key => svg.querySelector(".line." + key).checkVisibility()), rows]; })()`;
  check("legend: all lines are shown", JSON.stringify(await browser.evaluate(state)) === '[["s0","s1","s2"],3]', await browser.evaluate(state));
  await browser.evaluate(`document.querySelector("#figure-1 .legend input").focus()`);
  await press("Tab");
  await press(" ");
  check("legend: Tab and the space bar hide the second one, and its values", JSON.stringify(await browser.evaluate(state)) === '[["s0","s2"],2]', await browser.evaluate(state));
  await browser.send("Emulation.setEmulatedMedia", { media: "print" });
  check("legend: all are printed", JSON.stringify((await browser.evaluate(state))[0]) === '["s0","s1","s2"]');
  await browser.send("Emulation.setEmulatedMedia", { media: "" });
  await browser.evaluate(`document.querySelectorAll("#figure-1 .legend input")[1].focus()`); // paper has no boxes to keep the focus
  await press(" ");
  check("legend: and show it again", JSON.stringify(await browser.evaluate(state)) === '[["s0","s1","s2"],3]');
}

async function checkMatrixKeys() {
  const focused = `(({ dataset }) => [dataset.true, dataset.predicted])(document.activeElement)`;
  await browser.evaluate(`document.querySelector(".cell[tabindex='0']").focus()`);
  const first = await browser.evaluate(focused);
  await press("ArrowDown");
  const second = await browser.evaluate(focused);
  check("matrix: arrow keys go from cell to cell", Number(second[0]) > Number(first[0]), [first, second]);
  await press("Enter");
  const chosen = await browser.evaluate(`["true", "predicted"].map(name => document.querySelector("select[data-choice=" + name + "]").value)`);
  check("matrix: Enter chooses its images", JSON.stringify(chosen) === JSON.stringify(second), [chosen, second]);
  check("matrix: one stop of the Tab key", await browser.evaluate(`document.querySelectorAll(".cell[tabindex='0']").length`) === 1);
  await browser.send("Emulation.setEmulatedMedia", { media: "print" });
  const hidden = await browser.evaluate(`[...document.querySelectorAll(".mistakes li")].filter(li => !li.checkVisibility()).length`);
  check("printed: all misclassified images", hidden === 0, hidden);
  await browser.send("Emulation.setEmulatedMedia", { media: "" });
}

async function checkKeys() {
  await browser.evaluate(`document.querySelector("#figure-2 svg.plot").focus()`);
  for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "End"]) await browser.send("Input.dispatchKeyEvent", { type: "keyDown", key });
  const text = await browser.evaluate(`document.querySelector("#figure-2 .values").innerText`);
  check("the arrow keys and End walk through the epochs", text.startsWith("epoch 15\n"), text);
  await browser.send("Input.dispatchKeyEvent", { type: "keyDown", key: "Escape" });
  check("Escape hides the values", await browser.evaluate(`document.querySelector("#figure-2 .values").hidden`));
}

async function checkMistakes() {
  const shown = `[...document.querySelectorAll(".mistakes li")].filter(li => !li.hidden)`;
  const all = await browser.evaluate(`${shown}.length`);
  const cell = await browser.evaluate(`(() => {
    const cell = [...document.querySelectorAll(".cell")].find(c => c.dataset.true !== c.dataset.predicted);
    cell.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    return { t: cell.dataset.true, p: cell.dataset.predicted, n: Number(cell.querySelector("title").textContent.split(": ").pop()) }; })()`);
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
    const found = await browser.evaluate(`${JSON.stringify(figures)}.filter(id => document.querySelector("#" + id + " .panels svg")?.getBoundingClientRect().height > 50)`);
    check(`${name}: all figures`, found.length === figures.length, found);
    await checkLayout(name, width);
    if (width > 500 && scheme === "light") {
      await checkHovering();
      await checkKeys();
      await checkMistakes();
      await checkBoxes();
      await checkLegend();
      await checkMatrixKeys();
    }
    await checkRules(name);
    if (width < 500) {
      const point = await browser.evaluate(`(() => { const svg = document.querySelector("#figure-3 svg.plot"); svg.scrollIntoView({ block: "center" });
        const frame = svg.getBoundingClientRect(); return { x: frame.left + frame.width / 2, y: frame.top + frame.height / 2 }; })()`);
      await browser.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
      await browser.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
      const text = await browser.evaluate(`document.querySelector("#figure-3 .values").innerText`);
      check(`${name}: touching a plot shows values`, /^epoch \d+\ntraining [\d.]+\nvalidation [\d.]+$/.test(text), text);
    }
    await checkQuiet(name, url);
    await browser.close();
  }

for (const [width, scheme] of [[1280, "light"], [390, "dark"]]) {
  const name = `sweep, ${width} px, ${scheme}`;
  await browser.open(sweepUrl, { width, scheme, mobile: width < 500 });
  await checkLayout(name, width);
  await checkRules(name);
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
