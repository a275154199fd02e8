// The page that draws and trains (web/), in Chromium and in Firefox, opened from disk: digests of the report's run, digits drawn by
// the pointer and by keys, a run that goes on after the browser was killed, one that the native program verifies, models, hostile
// files, no request to anywhere, what axe-core finds, both widths and schemes. And the tests in WebAssembly, in node and Chromium.
// Usage: node test_playground.mjs FOLDER PROGRAM DATA WASM NODE_MODULES [BROWSER]...
// FOLDER holds playground.html and playground-with-data.html, and gets screenshots; WASM holds the compiled tests.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [folder, program, data, wasm, modules, ...browsers] = process.argv.slice(2);
const { default: puppeteer } = await import(pathToFileURL(createRequire(path.resolve(modules, "x.js")).resolve("puppeteer-core")));
const axe = fs.readFileSync(path.join(modules, "axe-core/axe.min.js"), "utf8");
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const golden = fs.readFileSync(path.join(root, "tests/golden/verify_full.txt"), "utf8").match(/^[0-9a-f]{64}$/gm);
const names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
const work = fs.mkdtempSync(path.join(os.tmpdir(), "mnist_simd_playground."));
process.on("exit", () => fs.rmSync(work, { recursive: true, force: true }));
const EPOCHS = Number(process.env.MNIST_SIMD_PLAYGROUND_EPOCHS ?? 2), minutes = 60_000;
let passed = 0, failed = 0;

function check(name, condition, found = "") {
  condition ? ++passed : ++failed;
  console.log(`${condition ? "ok     " : "FAILED "} ${name}${condition ? "" : ` ${JSON.stringify(found)}`}`);
}

const native = (...words) => execFileSync(program, [...words, "--data", data], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const digestOf = run => JSON.parse(fs.readFileSync(path.join(run, "run.json"), "utf8")).weights_sha256;

// ---- A browser and a page ----

const start = (kind, profile) => puppeteer.launch({
  browser: kind === "firefox" ? "firefox" : "chrome",
  executablePath: { firefox: process.env.MNIST_SIMD_FIREFOX ?? "/usr/bin/firefox-esr", chromium: process.env.MNIST_SIMD_BROWSER ?? "/usr/bin/chromium" }[kind],
  args: kind === "firefox" ? [] : ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  userDataDir: profile, protocolTimeout: 60 * minutes,
});

async function open(browser, file, query = "") {
  const page = await browser.newPage();
  page.found = { requests: [], errors: [] };
  page.on("request", request => /^(file|blob|data):/.test(request.url()) || page.found.requests.push(request.url()));
  page.on("pageerror", error => page.found.errors.push(error.message));
  page.on("console", message => page.found.errors.push(message.text()));
  page.on("dialog", dialog => dialog.accept());
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(pathToFileURL(path.resolve(folder, file)).href + query);
  await page.waitForSelector("body[data-state=ready]", { timeout: 2 * minutes });
  return page;
}

const text = (page, id) => page.$eval(`#${id}`, element => element.textContent.trim());
const until = (page, condition, timeout = 10 * minutes) => page.waitForFunction(condition, { timeout, polling: 100 });

async function settle(page, settings) {
  await page.evaluate(settings => {
    const form = document.getElementById("settings");
    form.reset();
    for (const [name, value] of Object.entries(settings)) form.elements[name].value = value;
  }, settings);
}

// Trains to the end; the digests of its epochs, and whether each has its tick.
async function train(page, settings) {
  await settle(page, settings);
  await page.click("#begin");
  return ended(page);
}

async function ended(page) {
  await until(page, "!isTraining && (!document.getElementById('downloads-part').hidden || /^(?!A training is)./.test(document.getElementById('train-problem').textContent))", 60 * minutes);
  return page.$$eval("#epochs tr", rows => rows.map(row => [row.querySelector("code").textContent, row.querySelector(".tick").textContent]));
}

async function saveRun(page, name) {
  const files = await page.evaluate(() => Object.entries(run.files).map(([name, bytes]) => {
    let binary = "";
    for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    return [name, btoa(binary)];
  }).filter(([name]) => !name.startsWith("checkpoint")));
  const to = path.join(work, name);
  fs.mkdirSync(to);
  for (const [file, bytes] of files) fs.writeFileSync(path.join(to, file), Buffer.from(bytes, "base64"));
  return to;
}

async function give(page, ...files) {
  await (await page.$("#choose")).uploadFile(...files);
}

// ---- Digits, as strokes on 280 x 280 ----

const circle = (x, y, rx, ry, from = 0, to = 360) => Array.from({ length: 25 }, (_, i) => {
  const angle = (from + (to - from) * i / 24) * Math.PI / 180;
  return [x + rx * Math.sin(angle), y - ry * Math.cos(angle)];
});
const digits = [
  [0, [circle(140, 140, 60, 90)]], [1, [[[140, 50], [140, 230]]]], [2, [[...circle(140, 100, 55, 50, -70, 130), [85, 225], [200, 225]]]],
  [3, [[...circle(135, 95, 50, 45, -60, 180), ...circle(135, 185, 58, 47, 0, 230)]]], [4, [[[160, 50], [80, 165], [210, 165]], [[170, 110], [170, 235]]]],
  [5, [[[195, 55], [100, 55], [95, 125], ...circle(135, 170, 58, 55, -20, 220)]]], [6, [[[175, 50], [110, 120], [88, 180], ...circle(140, 185, 55, 45, -90, 270)]]],
  [7, [[[75, 60], [205, 60], [125, 230]]]], [8, [[...circle(140, 95, 45, 42, 180, -180), ...circle(140, 185, 55, 48)]]], [9, [[...circle(140, 105, 52, 50, 90, 450), [188, 150], [170, 235]]]],
  [0, [circle(130, 140, 75, 80, 20, 385)]], [1, [[[105, 95], [150, 50], [130, 235]]]], [2, [[[85, 90], [120, 55], [170, 65], [180, 110], [130, 170], [80, 220], [140, 205], [205, 222]]]],
  [3, [[[85, 60], [190, 60], [130, 120], [185, 150], [185, 200], [135, 230], [85, 210]]]], [4, [[[95, 55], [85, 140], [190, 140]], [[190, 55], [180, 235]]]],
  [5, [[[105, 60], [100, 130], [150, 115], [190, 150], [180, 205], [130, 230], [85, 215]], [[105, 60], [190, 55]]]], [6, [[[150, 45], [105, 110], [90, 175], [110, 225], [160, 228], [185, 190], [165, 155], [110, 165]]]],
  [7, [[[80, 65], [200, 60], [150, 150], [130, 235]], [[105, 150], [185, 145]]]], [8, [[[180, 70], [130, 50], [100, 85], [180, 175], [165, 225], [110, 225], [100, 180], [185, 95], [180, 70]]]],
  [9, [[[185, 95], [150, 60], [105, 75], [100, 120], [140, 140], [185, 100], [180, 235]]]],
];

async function drawAll(page) {
  const frame = await page.$eval("#paper", paper => { paper.scrollIntoView({ block: "center" }); const { left, top, width } = paper.getBoundingClientRect(); return { left, top, scale: width / 280 }; });
  const right = [], wrong = [];
  for (const [digit, strokes] of digits) {
    await page.evaluate(() => { document.getElementById("clear").click(); });
    for (const stroke of strokes) {
      const [first, ...rest] = stroke.map(([x, y]) => [frame.left + x * frame.scale, frame.top + y * frame.scale]);
      await page.mouse.move(...first);
      await page.mouse.down();
      for (const point of rest) await page.mouse.move(...point);
      await page.mouse.up();
    }
    await until(page, "!isAsking && !wanted && seen !== undefined");
    const said = await page.evaluate("seen.predicted");
    (said === digit ? right : wrong).push(`${digit}${said === digit ? "" : ` for ${said}`}`);
  }
  return { right, wrong };
}

async function drawByKeys(page) {
  await page.evaluate(() => { document.getElementById("clear").click(); });
  await page.focus("#paper");
  await page.keyboard.press(" ");
  for (let i = 0; i < 16; ++i) await page.keyboard.press("ArrowDown");
  await page.keyboard.press(" ");
  await until(page, "!isAsking && !wanted && seen !== undefined");
  return page.evaluate("seen.predicted");
}

// ---- Checks ----

// On the page with data: what is drawn, what is trained, what is taken along.
async function checkPage(kind, browser) {
  const page = await open(browser, "playground-with-data.html");
  console.log(`        ${kind} ${await browser.version()}: ${await text(page, "engine")}`);
  check(`${kind}: multiply-adds are fused`, await page.evaluate("(async () => (await ask('memory')) > 0)()") && (await text(page, "engine")).includes("full speed"));
  const drawn = await drawAll(page);
  console.log(`        ${drawn.right.length} of ${digits.length} drawn digits are right; wrong: ${drawn.wrong.join(", ") || "none"}`);
  check(`${kind}: most digits drawn by the pointer are right`, drawn.right.length >= 16, drawn.wrong);
  check(`${kind}: a line drawn by keys is a 1`, await drawByKeys(page) === 1);
  check(`${kind}: training images like it are shown`, await until(page, "!document.getElementById('nearest-part').hidden").then(() => true));

  const begin = Date.now();
  await settle(page, { epochs: EPOCHS });
  await page.click("#begin");
  await until(page, "document.getElementById('progress-text').textContent.includes('step')");
  await page.click("#pause");
  await new Promise(resolve => setTimeout(resolve, 300));
  const paused = await text(page, "progress-text");
  await page.click("#clear"); // the page answers
  await new Promise(resolve => setTimeout(resolve, 700));
  check(`${kind}: a paused run stands still`, paused === await text(page, "progress-text") && (await text(page, "verdict")) === "Draw something.");
  await give(page, path.join(data, names[2]));
  check(`${kind}: no other data under a training`, await until(page, "document.getElementById('train-problem').textContent.includes('Stop it first')").then(() => true));
  await page.click("#pause");
  const rows = await ended(page);
  const memory = await page.evaluate("ask('memory')");
  console.log(`        ${EPOCHS} epochs of the report's run in ${((Date.now() - begin) / 1000).toFixed(1)} s: ${await text(page, "progress-text")} Memory of the module: ${(memory / 2 ** 20).toFixed(0)} MiB.`);
  check(`${kind}: every digest of the report's run is the published one`, rows.length === EPOCHS && rows.every(([digest], i) => digest === golden[i]), rows);
  if (EPOCHS <= 50) check(`${kind}: and has its tick`, rows.every(([, tick]) => tick === "✓ the same"), rows);
  check(`${kind}: the memory of the module is below 400 MB`, memory < 400e6, memory);
  const taken = await saveRun(page, `${kind}-run`);
  check(`${kind}: the native program verifies the run`, / verified /.test(` ${native("verify", taken).replace(/\s+/g, " ")} `));
  check(`${kind}: no request leaves the page`, page.found.requests.length === 0, page.found.requests);
  check(`${kind}: no error, nothing in the console`, page.found.errors.length === 0, page.found.errors);
  return page;
}

// A model of the native program: the same predictions on all test images.
async function checkModel(kind, page) {
  const model = path.join(work, `${kind}-native`), table = path.join(work, `${kind}.csv`);
  native("train", "--preset", "unregularised", "--hidden", "50", "--epochs", "1", "--out", model);
  native("eval", model, "--predictions", table);
  const [head, ...lines] = fs.readFileSync(table, "utf8").trim().split("\n").map(line => line.split(","));
  const column = name => head.indexOf(name), labels = fs.readFileSync(path.join(data, names[3])).subarray(8);
  const wrong = lines.map(line => [Number(line[column("index")]), Number(line[column("predicted")])]).filter(([image, predicted]) => predicted !== labels[image]);
  await give(page, path.join(model, "model.safetensors"));
  await until(page, "model.units.length === 3 && document.getElementById('results-text').textContent.startsWith('Accuracy')");
  const found = await page.evaluate("mistakes.map(([image, , predicted]) => [image, predicted])");
  check(`${kind}: a native model predicts the same for all ${lines.length} images`, lines.length === 10000 && wrong.length > 100 && JSON.stringify(found) === JSON.stringify(wrong), [found.length, wrong.length]);
}

// Killed in the middle of an epoch and opened again, with the data that the page has kept.
async function checkKilled(kind) {
  const settings = { preset: "unregularised", hidden: "400,200", epochs: 12, seed: 7 }, profile = path.join(work, `${kind}-profile`);
  const reference = path.join(work, `${kind}-reference`);
  native("train", "--preset", settings.preset, "--hidden", settings.hidden, "--epochs", String(settings.epochs), "--seed", String(settings.seed), "--out", reference);
  let browser = await start(kind, profile);
  let page = await open(browser, "playground.html");
  await give(page, ...names.map(name => path.join(data, name)));
  await until(page, "hasData");
  await settle(page, settings);
  await page.click("#begin");
  await until(page, "epochs.length >= 3");
  await new Promise(resolve => setTimeout(resolve, 50));
  const gone = new Promise(resolve => browser.process().once("exit", resolve));
  browser.process().kill("SIGKILL");
  await gone;
  await new Promise(resolve => setTimeout(resolve, 1000)); // its other processes end
  browser = await start(kind, profile);
  page = await open(browser, "playground.html");
  check(`${kind}: after a kill, the run is offered with what was done`, /\b([3-9]|1[01]) of 12 epochs/.test(await text(page, "unfinished-text")), await text(page, "unfinished-text"));
  await page.click("#continue");
  const rows = await ended(page);
  check(`${kind}: and ends at the digest of a run that was never stopped`, rows.length === settings.epochs && rows.at(-1)[0] === digestOf(reference), [rows, digestOf(reference)]);
  await browser.close();
}

// Files from anyone: clear words, and the page goes on.
async function checkHostile(kind, browser) {
  const page = await open(browser, "playground.html");
  const folder = path.join(work, `${kind}-hostile`), images = fs.readFileSync(path.join(data, names[2]));
  fs.mkdirSync(folder);
  const header = (...words) => { const bytes = Buffer.alloc(4 * words.length); words.forEach((word, i) => bytes.writeUInt32BE(word, 4 * i)); return bytes; };
  const random = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 2654435761 >>> 13) & 255));
  const cases = {
    "random.safetensors": random, "short.safetensors": Buffer.from([255, 255, 255, 255, 255, 255, 255, 127]), "empty.npz": Buffer.alloc(0), "random.npz": Buffer.concat([Buffer.from("PK\x03\x04"), random]),
    "words.csv": Buffer.from("label,pixel\nseven,1\n"), "train-images-idx3-ubyte": random, "train-images-idx3-ubyte.gz": random, "t10k-images-idx3-ubyte": Buffer.concat([header(0x803, 0xffffffff, 0xffff, 0xffff), random]),
    "train-images.idx3-ubyte": images.subarray(0, 5000), "photo.png": random,
  };
  for (const [name, bytes] of Object.entries(cases)) {
    fs.writeFileSync(path.join(folder, name), bytes);
    await page.evaluate(() => problem(""));
    const begin = Date.now();
    await give(page, path.join(folder, name));
    await until(page, "!document.getElementById('train-problem').hidden", minutes);
    const said = await text(page, "train-problem");
    check(`${kind}: ${name} is refused in words`, said.length > 20 && !/undefined|RuntimeError|unreachable|\/data/.test(said) && Date.now() - begin < 20_000, said);
  }
  check(`${kind}: and the page still draws`, await drawByKeys(page) === 1);
  check(`${kind}: and takes good data`, await give(page, ...names.map(name => path.join(data, name))).then(() => until(page, "hasData")).then(() => true));
  await page.evaluate(() => problem(""));
  await train(page, { preset: "unregularised", hidden: "20", epochs: 1, lr: "1e30" });
  check(`${kind}: a setting out of its range is refused in words`, /lr/.test(await text(page, "train-problem")), await text(page, "train-problem"));
  await page.close();
}

// The exact multiply-add of our own, as browsers without relaxed SIMD have it.
async function checkEmulated(kind, browser) {
  const reference = path.join(work, `${kind}-emulated`);
  native("train", "--preset", "regularised", "--hidden", "40,20", "--epochs", "1", "--out", reference);
  const page = await open(browser, "playground-with-data.html", "?isa=simd128");
  check(`${kind}: the emulated multiply-add is named`, (await text(page, "way")).includes("computes it from double precision"));
  const rows = await train(page, { preset: "regularised", hidden: "40,20", epochs: 1 });
  check(`${kind}: and gives the native digest`, rows[0]?.[0] === digestOf(reference), rows);
  await page.close();
}

const tooWide = `[...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll > *") && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))`;

async function checkLooks(kind, page) {
  await page.click("#example");
  await until(page, "seen !== undefined && !isAsking");
  for (const scheme of ["light", "dark"])
    for (const width of [1280, 390]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.setViewport({ width, height: 900 });
      await page.evaluate("look(); showEpochs(); showMistakes()");
      await new Promise(resolve => setTimeout(resolve, 500));
      const wide = await page.evaluate(tooWide);
      check(`${kind}, ${width}, ${scheme}: nothing is wider than the window`, wide.length === 0, wide);
      await page.screenshot({ path: path.join(folder, `playground-${width}-${scheme}.png`), fullPage: true });
      await page.evaluate(axe);
      const bad = await page.evaluate("axe.run().then(({ violations }) => violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 200), v.nodes[0].failureSummary]))");
      check(`${kind}, ${width}, ${scheme}: no serious violation of axe-core's rules`, bad.length === 0, bad);
    }
}

// ---- Tests in WebAssembly ----

const wasmTests = { test_check_build: [], test_fma: [], test_reference: [], test_kernels: [], test_short_run: [["golden/report_600_images.sha256", path.join(root, "tests/golden/report_600_images.sha256")], ...names.map(name => [`data/mnist/${name}`, path.join(data, name)])], products: [] };

function checkInNode() {
  const flags = Number(process.versions.node.split(".")[0]) < 22 ? ["--experimental-wasm-relaxed-simd"] : [];
  for (const [name, files] of Object.entries(wasmTests)) {
    let out;
    try {
      out = execFileSync(process.execPath, [...flags, path.join(root, "web/run.mjs"), path.join(wasm, `${name}.wasm`), ...files.map(pair => pair.join("="))], { encoding: "utf8" });
    } catch (error) {
      out = error.stdout;
    }
    if (name === "products") console.log(out.replace(/^/gm, "        "));
    else check(`node: ${name}`, /^[1-9]\d* passed, 0 failed, 0 skipped$/m.test(out), out);
  }
}

async function checkInBrowser(kind, browser) {
  const page = await browser.newPage(), system = fs.readFileSync(path.join(root, "web/wasi.js"), "utf8").replace(/^export /gm, "");
  await page.goto("about:blank");
  for (const name of ["test_kernels", "test_short_run", "products"]) {
    // The data in pieces: one message of all would be too long.
    await page.evaluate(`globalThis.files = {}`);
    for (const [to, from] of [["program", path.join(wasm, `${name}.wasm`)], ...wasmTests[name]])
      for (let bytes = fs.readFileSync(from), at = 0; at < bytes.length; at += 2 ** 24)
        await page.evaluate((to, part) => { (files[to] ??= []).push(Uint8Array.from(atob(part), c => c.charCodeAt(0))); }, to, bytes.subarray(at, at + 2 ** 24).toString("base64"));
    const out = await page.evaluate(`(async () => {
      ${system}
      let out = "";
      const wasi = new Wasi({ args: ["${name}"], print: text => { out += text; } });
      const whole = parts => new Blob(parts).arrayBuffer().then(bytes => new Uint8Array(bytes));
      for (const name of Object.keys(files)) if (name !== "program") wasi.write(name, await whole(files[name]));
      const { instance } = await WebAssembly.instantiate(await whole(files.program), wasi.imports);
      wasi.memory = instance.exports.memory;
      try { instance.exports._start(); } catch (error) { if (!(error instanceof Exit)) throw error; }
      return out;
    })()`);
    if (name === "products") console.log(out.replace(/^/gm, "        "));
    else check(`${kind}: ${name}`, /^[1-9]\d* passed, 0 failed, 0 skipped$/m.test(out), out);
  }
  await page.close();
}

checkInNode();
for (const kind of browsers.length > 0 ? browsers : ["chromium", "firefox"]) {
  const browser = await start(kind);
  try {
    const page = await checkPage(kind, browser);
    await checkModel(kind, page);
    if (kind === "chromium") await checkLooks(kind, page);
    await page.close();
    await checkEmulated(kind, browser);
    await checkHostile(kind, browser);
    await checkInBrowser(kind, browser);
  } finally {
    await browser.close();
  }
  await checkKilled(kind);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
