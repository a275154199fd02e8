// The page: what is drawn, trained and shown. The work is done in a worker (worker.js).
import { Storage } from "./storage.js";
import { drawCurves, paintImage, paintSigned } from "./pictures.js";

const $ = id => document.getElementById(id);
const make = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};
const percent = share => `${(100 * share).toFixed(2)} %`;
const canvasOf = (pixels, label) => {
  const canvas = make("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  return paintImage(canvas, pixels, data.rows, data.cols);
};

// ---- The worker ----

const assetText = id => $(`asset-${id}`)?.textContent;
// Takes an asset out of the page, whose text would stay in memory.
const assetBytes = id => {
  const binary = atob(assetText(id)), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; ++i) bytes[i] = binary.charCodeAt(i);
  $(`asset-${id}`).remove();
  return bytes;
};
const worker = new Worker(URL.createObjectURL(new Blob([assetText("worker")], { type: "text/javascript" })));
const waiting = new Map();
let lastId = 0;

// Asks the worker; what `transfer` names is its own from then on.
const ask = (call, operand, transfer = []) => new Promise((resolve, reject) => {
  waiting.set(++lastId, { resolve, reject });
  worker.postMessage({ id: lastId, call, operand }, transfer);
});

const events = {};
worker.onmessage = ({ data }) => {
  if (data.event) return events[data.event](data);
  const { resolve, reject } = waiting.get(data.id);
  waiting.delete(data.id);
  if (data.error === undefined) resolve(data.result);
  else reject(new Error(data.error));
};

// ---- Drawing ----

const SIDE = 28; // of what a drawing becomes
const numbers = n => [...Array(n).keys()].map(String);
const data = { rows: SIDE, cols: SIDE, classes: numbers(10), train: 0, test: 0 };
const model = { units: [SIDE * SIDE, 10] };
let hasData = false, isBuiltIn = false, isReading = false;
// The names of the network's classes: the data's, if they are as many.
const classNames = () => data.classes.length === model.units.at(-1) ? data.classes : numbers(model.units.at(-1));
const paper = $("paper"), context = paper.getContext("2d", { willReadFrequently: true });
const pen = { x: 140, y: 60, isDown: false, isShown: false };
let strokes = [], seen; // of the last prediction: { pixels, probabilities, predicted }
let wanted = false, isAsking = false;

const redraw = () => {
  context.fillStyle = "#fff";
  context.fillRect(0, 0, paper.width, paper.height);
  context.strokeStyle = context.fillStyle = "#000";
  context.lineWidth = 20;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    if (stroke.length === 1) context.lineTo(stroke[0][0] + 0.1, stroke[0][1]);
    context.stroke();
  }
};

const grey = () => {
  const { data } = context.getImageData(0, 0, paper.width, paper.height), drawing = new Uint8Array(data.length / 4);
  for (let i = 0; i < drawing.length; ++i) drawing[i] = data[4 * i];
  return drawing;
};

const showNothing = text => {
  seen = undefined;
  $("verdict").textContent = text;
  showBars();
  for (const id of ["seen", "speaks"]) paintImage($(id), new Uint8Array(SIDE * SIDE), SIDE, SIDE);
  $("nearest-part").hidden = true;
};

// The newest drawing is looked at; those in between may be left out.
const look = async () => {
  wanted = true;
  if (isAsking) return;
  isAsking = true;
  while (wanted) {
    wanted = false;
    redraw();
    const drawing = grey();
    drawPen();
    if (strokes.length === 0) showNothing("Draw something.");
    else if (model.units[0] !== SIDE * SIDE) showNothing(`This network takes ${model.units[0]} pixels; a drawing has ${SIDE} × ${SIDE}.`);
    else
      try {
        await show(await ask("draw", { rows: paper.height, cols: paper.width, drawing }, [drawing.buffer]));
      } catch (error) {
        showNothing(error.message);
      }
  }
  isAsking = false;
};

const showBars = () => {
  const classes = classNames();
  if ($("bars").children.length !== classes.length) {
    $("bars").replaceChildren(...classes.map(name => make("li", {}, make("span", { textContent: name }), make("span", { className: "bar" }, make("i")), make("output"))));
    $("speaks-for").replaceChildren(...classes.map((name, value) => make("option", { value, textContent: name })));
  }
  [...$("bars").children].forEach((item, c) => {
    item.firstChild.textContent = classes[c];
    item.classList.toggle("first", seen?.predicted === c);
    item.querySelector("i").style.transform = `scaleX(${seen ? seen.probabilities[c] : 0})`;
    item.querySelector("output").textContent = seen ? percent(seen.probabilities[c]) : "";
  });
};

const showParts = async () => {
  if (seen) paintSigned($("speaks"), await ask("explain", { pixels: seen.pixels, classNumber: Number($("speaks-for").value) }), SIDE, SIDE);
};

const show = async result => {
  seen = result;
  showBars();
  $("verdict").replaceChildren("It looks like ", make("strong", { textContent: classNames()[seen.predicted] }), ` (${percent(seen.probabilities[seen.predicted])})`);
  paintImage($("seen"), seen.pixels, SIDE, SIDE);
  $("speaks-for").value = seen.predicted;
  await showParts();
  clearTimeout(show.timer);
  show.timer = setTimeout(showNearest, 150);
};

const showNearest = async () => {
  $("nearest-part").hidden = true;
  if (!seen || isTraining || data.rows !== SIDE || data.cols !== SIDE || data.train === 0) return;
  const images = await ask("nearest", { pixels: seen.pixels, n: Math.min(10, data.train) });
  $("nearest").replaceChildren(...images.map(image => make("figure", {}, canvasOf(image.pixels, `Training image ${image.index}, ${data.classes[image.label]}`), make("figcaption", { textContent: data.classes[image.label] }))));
  $("nearest-part").hidden = false;
};

const drawPen = () => {
  if (!pen.isShown) return;
  context.fillStyle = pen.isDown ? "#b34700" : "#0b62a8";
  context.beginPath();
  context.arc(pen.x, pen.y, 6, 0, 2 * Math.PI);
  context.fill();
};

const place = event => {
  const frame = paper.getBoundingClientRect();
  return [(event.clientX - frame.left) * paper.width / frame.width, (event.clientY - frame.top) * paper.height / frame.height];
};

paper.addEventListener("pointerdown", event => {
  if (event.button !== 0 || !event.isPrimary) return; // of several fingers, the first draws
  paper.setPointerCapture(event.pointerId);
  strokes.push([place(event)]);
  pen.isShown = false;
  look();
});
paper.addEventListener("pointermove", event => {
  if (!event.isPrimary || !paper.hasPointerCapture(event.pointerId)) return;
  strokes.at(-1)?.push(...(event.getCoalescedEvents?.() ?? []).concat(event).map(place));
  look();
});
paper.addEventListener("keydown", event => {
  const step = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] }[event.key];
  if (event.key === " ") {
    pen.isDown = !pen.isDown;
    if (pen.isDown) strokes.push([[pen.x, pen.y]]);
  } else if (step) {
    pen.x = Math.min(Math.max(pen.x + step[0], 0), paper.width);
    pen.y = Math.min(Math.max(pen.y + step[1], 0), paper.height);
    if (pen.isDown) strokes.at(-1)?.push([pen.x, pen.y]);
  } else return;
  pen.isShown = true;
  event.preventDefault();
  look();
});
paper.addEventListener("blur", () => {
  pen.isShown = pen.isDown = false;
  redraw();
});
$("undo").addEventListener("click", () => {
  strokes.pop();
  look();
});
$("clear").addEventListener("click", () => {
  strokes = [];
  look();
});
$("example").addEventListener("click", () => {
  strokes = [[[88, 66], [120, 52], [165, 56], [190, 78], [182, 108], [150, 130], [118, 136]], [[118, 136], [160, 138], [192, 160], [196, 196], [168, 226], [120, 232], [84, 218]]];
  look();
});
$("speaks-for").addEventListener("change", showParts);

// ---- Data and models ----

const problem = text => {
  // The engine names files as it has them, and remedies of the command line.
  $("train-problem").textContent = text.replaceAll("/data/", "").replaceAll("/data", "these files").replace(/^\/(run: )?/, "").replace(/get MNIST with ci\/get_data\.sh, or name another folder/, "give all files of a data set at once");
  $("train-problem").hidden = !text;
};

const describeData = about => {
  Object.assign(data, about, { classes: about.classes.map(String) });
  hasData = true;
  $("data-text").replaceChildren(make("b", { textContent: about.is_mnist ? "MNIST" : "Data" }), `: ${about.train} training and ${about.test} test images of ${about.rows} × ${about.cols} pixels, ${data.classes.length} classes. `, make("code", { textContent: `SHA-256 ${about.sha256.slice(0, 16)}…` }));
  setState(isTraining, isPaused);
  look();
  return evaluate();
};

// where: "of this page", "after epoch 3", ...
const takeModel = (about, where) => {
  Object.assign(model, about);
  $("model-text").textContent = `Network: ${where}, ${model.units.join(" → ")}.`;
  look();
};

// One thing at a time: what is read must not change under a training.
const readData = async (files, transfer = []) => {
  const before = $("data-text").cloneNode(true).childNodes;
  isReading = true;
  setState(isTraining, isPaused);
  $("data-text").textContent = "Reading the data …";
  try {
    const about = await ask("readData", { files }, transfer);
    isReading = false;
    await describeData(about);
  } catch (error) {
    $("data-text").replaceChildren(...before);
    throw error;
  } finally {
    isReading = false;
    setState(isTraining, isPaused);
  }
};

const takeFiles = async list => {
  problem("");
  if (isTraining) return problem("A training is under way. Stop it first; then give the page other files.");
  const files = await Promise.all([...list].map(async file => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
  const models = files.filter(file => file.name.endsWith(".safetensors")), others = files.filter(file => !file.name.endsWith(".safetensors"));
  try {
    for (const { bytes, name } of models) {
      takeModel(await ask("loadModel", { bytes, name }), name);
      await evaluate();
    }
    if (others.length === 0) return;
    await readData(others);
    if (!isBuiltIn && storage) await storage.put("data", others).then(() => { $("forget-data-part").hidden = false; }, () => {});
  } catch (error) {
    problem(error.message);
  }
};

for (const name of ["dragenter", "dragover", "dragleave", "drop"])
  addEventListener(name, event => {
    event.preventDefault();
    $("drop").classList.toggle("over", name === "dragenter" || name === "dragover");
  });
addEventListener("drop", event => takeFiles(event.dataTransfer.files));
$("choose").addEventListener("change", async event => {
  await takeFiles(event.target.files);
  event.target.value = ""; // the same files may be chosen again
});
$("forget-data").addEventListener("click", async () => {
  await storage.forgetData();
  $("forget-data-part").hidden = true;
});

// ---- Training ----

const form = $("settings"), published = JSON.parse(assetText("digests"));
let storage, isTraining = false, isPaused = false, run, epochs = [], plan, beganAt, beganWith;

const settingsOf = () => {
  const values = new FormData(form), settings = {};
  for (const name of ["seed", "epochs", "val", "hidden", "batch", "lr"]) if (values.get(name)) settings[name] = values.get(name);
  return { preset: values.get("preset"), settings };
};

// Whether the digests of this run are published: the report's own, whose learning rate is the same for any number of epochs.
const isPublished = () => data.is_mnist && run.preset === "final" && Object.entries(run.settings).every(([name, value]) => name === "epochs" || (name === "seed" && Number(value) === 42));

const setState = (training, paused = false) => {
  isTraining = training;
  isPaused = paused;
  for (const field of form.elements) if (field.name) field.disabled = training;
  $("begin").disabled = training || !hasData || isReading;
  $("continue").disabled = isReading;
  $("pause").disabled = $("stop").disabled = !training;
  $("pause").textContent = paused ? "Continue" : "Pause";
  if (training) $("unfinished").hidden = true;
};

const showEpochs = () => {
  const isCompared = isPublished();
  $("epochs").replaceChildren(...epochs.map(epoch => {
    const same = epoch.sha256 === published[epoch.epoch - 1], tick = !isCompared ? "no published one" : same ? "✓ the same" : "✗ differs: please report";
    return make("tr", {}, make("th", { scope: "row", textContent: epoch.epoch }), make("td", { className: `text tick ${isCompared ? (same ? "same" : "other") : ""}`, textContent: tick }),
      make("td", { className: "text" }, make("code", { textContent: epoch.sha256 })), make("td", { textContent: epoch.train_loss.toFixed(4) }), make("td", { textContent: epoch.seconds.toFixed(2) }));
  }));
  const total = plan.epochs, validation = epochs.some(epoch => epoch.val_loss !== undefined);
  const series = (train, val) => [{ name: "training", values: epochs.map(epoch => epoch[train]) }, ...(validation ? [{ name: "validation", values: epochs.map(epoch => epoch[val]) }] : [])];
  drawCurves($("loss"), series("train_loss", "val_loss"), total, value => String(Number(value.toFixed(3))), "Loss");
  drawCurves($("accuracy"), series("train_accuracy", "val_accuracy"), total, value => `${Number((100 * value).toFixed(2))} %`, "Accuracy");
};

const begin = async (chosen, files) => {
  problem("");
  run = chosen;
  if (!files) epochs = [];
  setState(true);
  $("pause").focus();
  $("weights").replaceChildren();
  $("results-text").textContent = "Of the network before the training that is under way:";
  try {
    plan = await ask("open", { run: { preset: run.preset, settings: run.settings, name: "in a browser" }, files }, files?.map(file => file.bytes.buffer));
    if (!files) await storage?.forgetRun();
    beganAt = performance.now();
    beganWith = undefined;
    $("progress-part").hidden = false;
    $("downloads-part").hidden = true;
    showEpochs();
  } catch (error) {
    setState(false);
    problem(error.message);
    await evaluate();
    await offerRun();
  }
};

events.progress = ({ progress }) => {
  const done = (progress.epoch - 1) * plan.images + progress.images, total = plan.epochs * plan.images;
  beganWith ??= done;
  const speed = (done - beganWith) / (performance.now() - beganAt) * 1000, left = (total - done) / speed;
  $("progress").value = done / total;
  const eta = left < 60 ? `${left.toFixed(0)} s` : `${Math.floor(left / 60)} min ${(left % 60).toFixed(0)} s`;
  $("progress-text").textContent = `Epoch ${progress.epoch} of ${plan.epochs}, step ${progress.step} of ${progress.steps}; loss ${progress.loss.toFixed(4)}, accuracy ${percent(progress.accuracy)}${speed > 0 && Number.isFinite(left) ? `; ${speed.toFixed(0)} images/s, ${eta} left` : ""}`;
};

const isCheckpoint = name => name.startsWith("checkpoint"); // too large to be held here: the worker has them, and the storage

const keep = async ({ files, names }, isOver) => {
  for (const file of files) if (!isCheckpoint(file.name)) run.files = { ...run.files, [file.name]: file.bytes };
  const about = { preset: run.preset, settings: run.settings, epochs, names, isOver, planned: plan.epochs };
  await storage?.putRun(about, files).catch(() => problem("This browser does not keep the run: closing the page would lose it."));
};

let shownWeights = [];
const showWeights = () => $("weights").replaceChildren(...shownWeights.map((weights, unit) => {
  const canvas = make("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Weights of unit ${unit + 1}`);
  return paintSigned(canvas, weights, data.rows, data.cols);
}));

events.epoch = async message => {
  epochs.push(...message.epochs);
  showEpochs();
  shownWeights = message.weights;
  showWeights();
  takeModel(message.model, `of epoch ${epochs.length} of the training below`);
  await keep(message, false);
};

events.end = async message => {
  setState(false);
  $("progress").value = 1;
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const same = isPublished() ? epochs.filter(epoch => epoch.sha256 === published[epoch.epoch - 1]).length : 0;
  const why = message.result.stopped_early ? ` Stopped early: the validation images gained no more; the network of epoch ${message.result.model_epoch} is kept.` : "";
  $("progress-text").textContent = `Trained: ${epochs.length} epoch${epochs.length === 1 ? "" : "s"} in ${seconds.toFixed(1)} s, ${(epochs.length * plan.images / seconds).toFixed(0)} images/s.${why}${isPublished() ? ` ${same} of ${epochs.length} digests are the published ones.` : ""}`;
  takeModel(message.model, `trained here, of epoch ${message.result.model_epoch}`);
  await keep(message, true);
  showDownloads(message.names);
  await evaluate();
};

events.failed = async ({ message }) => {
  setState(false);
  problem(message);
  await evaluate();
  await offerRun();
};

form.addEventListener("submit", event => {
  event.preventDefault();
  if (!$("unfinished").hidden && !confirm("A training is kept here. Beginning another one deletes it.")) return;
  begin(settingsOf());
});
$("pause").addEventListener("click", async () => {
  await ask(isPaused ? "proceed" : "pause");
  beganWith = undefined;
  beganAt = performance.now();
  setState(true, !isPaused);
  if (isPaused) $("progress-text").textContent = `Paused. ${$("progress-text").textContent.replace(/; [^;]* left$/, "")}`;
});
$("stop").addEventListener("click", async () => {
  await ask("stop");
  setState(false);
  $("begin").focus();
  $("progress-text").textContent = `Stopped after epoch ${epochs.length}.`;
  $("progress-part").hidden = epochs.length === 0;
  await evaluate();
  await offerRun();
});

const showDownloads = names => {
  $("downloads").replaceChildren(...names.filter(name => !isCheckpoint(name)).map(name => {
    const bytes = run.files[name];
    return make("li", {}, make("a", { download: name, textContent: name, href: URL.createObjectURL(new Blob([bytes])) }), ` (${bytes.length < 1e6 ? `${(bytes.length / 1e3).toFixed(1)} kB` : `${(bytes.length / 1e6).toFixed(1)} MB`})`);
  }));
  $("downloads-part").hidden = false;
};

// The run that is kept here, whether it has come to its end or not.
const offerRun = async () => {
  const about = await storage?.get("run").catch(() => undefined);
  if (!about || isTraining) return;
  $("unfinished-text").textContent = `This browser keeps your last training: preset ${about.preset}, seed ${about.settings.seed ?? 42}, ${about.isOver ? "finished after" : ""} ${about.epochs.length} of ${about.planned} epochs${about.isOver ? "" : " are done"}.${hasData || about.isOver ? "" : " To continue it, give the page its data again."}`;
  $("continue").textContent = about.isOver ? "Show" : "Continue";
  $("unfinished").hidden = false;
};

const showFinished = async (about, files) => {
  run = { preset: about.preset, settings: about.settings, files: Object.fromEntries(files.map(file => [file.name, file.bytes])) };
  plan = { epochs: about.planned };
  $("progress-part").hidden = false;
  $("progress").value = 1;
  $("progress-text").textContent = `Trained before: ${epochs.length} epochs.`;
  showEpochs();
  showDownloads(about.names);
  takeModel(await ask("loadModel", { bytes: run.files["model.safetensors"], name: "model.safetensors" }), "trained here before");
  await evaluate();
};

$("continue").addEventListener("click", async () => {
  const about = await storage.get("run"), files = await storage.runFiles(about);
  if (!about.isOver && !hasData) return problem("Give the page the data of this training first.");
  ({ epochs } = about);
  $("unfinished").hidden = true;
  if (about.isOver) return showFinished(about, files);
  begin({ preset: about.preset, settings: about.settings, files: Object.fromEntries(files.filter(file => !isCheckpoint(file.name)).map(file => [file.name, file.bytes.slice()])) }, files);
});
$("forget").addEventListener("click", async () => {
  await storage.forgetRun();
  $("unfinished").hidden = true;
});

// ---- Results ----

let mistakes = [];
const evaluate = async () => {
  let result;
  mistakes = [];
  const isFitting = model.units[0] === data.rows * data.cols && model.units.at(-1) === data.classes.length;
  const reason = !hasData ? "There is nothing to show yet: the test images come with the data set." : data.test === 0 ? "The data set has no test images." : "The network is for images or classes of another kind than these: train one on them.";
  $("results-part").hidden = true;
  $("results-text").textContent = hasData && data.test > 0 && isFitting ? "Testing …" : reason;
  if (!hasData || data.test === 0 || !isFitting) return;
  try {
    result = await ask("evaluate");
  } catch (error) {
    $("results-text").textContent = error.message;
    return;
  }
  ({ mistakes } = result);
  const { classes } = data;
  $("results-text").textContent = `Accuracy ${percent(result.accuracy)}: ${result.errors} of ${result.images} test images are misclassified.`;
  const most = Math.max(1, ...result.confusion.filter((_, i) => i % (classes.length + 1) !== 0));
  const cells = (row, c) => classes.map((_, predicted) => {
    const n = result.confusion[c * classes.length + predicted];
    const cell = make("td", { textContent: n || "", className: c === predicted ? "right" : "wrong" });
    cell.style.setProperty("--share", c === predicted ? 0 : 70 * n / most);
    return cell;
  });
  $("confusion").replaceChildren(make("caption", { className: "note", textContent: "Rows: the true class. Columns: what the network says." }),
    make("thead", {}, make("tr", {}, make("td"), ...classes.map(name => make("th", { scope: "col", textContent: name })))),
    make("tbody", {}, ...classes.map((name, c) => make("tr", {}, make("th", { scope: "row", textContent: name }), ...cells(name, c)))));
  $("true").replaceChildren(make("option", { value: "", textContent: "all" }), ...classes.map((name, value) => make("option", { value, textContent: name })));
  $("results-part").hidden = false;
  showMistakes();
};

const showMistakes = async () => {
  const chosen = mistakes.filter(([, label]) => $("true").value === "" || label === Number($("true").value)).slice(0, 200);
  const { classes } = data;
  const images = await ask("images", { part: "test", indices: chosen.map(([index]) => index) });
  $("mistakes-count").textContent = `${chosen.length} of ${mistakes.length} shown`;
  $("mistakes").replaceChildren(...chosen.map(([index, label, predicted, confidence], i) => make("li", {}, canvasOf(images[i].pixels, `Test image ${index}`), make("b", { textContent: `${classes[label]} → ${classes[predicted]}` }), make("span", { textContent: percent(confidence) }))));
};
$("true").addEventListener("change", showMistakes);

// Pictures have the colours of the scheme in which they were painted.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  look();
  showWeights();
  showMistakes();
});

// ---- Start ----

// Empty fields show what the preset has.
const showPreset = async () => {
  const settings = await ask("preset", { name: form.elements.preset.value });
  for (const name of ["epochs", "hidden", "batch", "lr", "val"]) form.elements[name].placeholder = settings[name];
};
form.elements.preset.addEventListener("change", showPreset);

const start = async () => {
  setState(false);
  redraw();
  showBars();
  try {
    const modules = { relaxed: assetBytes("relaxed"), simd128: assetBytes("simd128") };
    const isa = new URLSearchParams(location.search).get("isa") ?? undefined;
    const about = await ask("start", { modules, isa });
    const isFused = about.isa === "relaxed";
    $("engine").textContent = isFused ? "Ready: this browser computes at full speed." : "Ready, but this browser computes some ten times as slowly as others.";
    $("way").textContent = isFused
      ? "This browser multiplies and adds with one rounding, as the processor does (WebAssembly's relaxed SIMD; the page has tried it out). All of the training is made of this one operation."
      : "This browser has no multiply-add with one rounding, so the page computes it from double precision, exactly: the same bits, more slowly.";
    $("way").append(` mnist_simd ${about.version}, numerics contract ${about.contract}.`);
  } catch (error) {
    $("engine").textContent = "";
    problem(error.message);
    $("verdict").textContent = "This page cannot compute here.";
    return;
  }
  takeModel(await ask("loadModel", { bytes: assetBytes("model") }), "the one that came with this page");
  storage = await Storage.open();
  await showPreset();
  try {
    const names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];
    isBuiltIn = assetText(names[0]) !== undefined;
    if (isBuiltIn) $("drop-text").textContent = "MNIST is in this page. You can drop another data set here, or a trained network (.safetensors) to draw for.";
    const files = isBuiltIn ? names.map(name => ({ name, bytes: assetBytes(name) })) : await storage?.get("data");
    $("forget-data-part").hidden = isBuiltIn || !files;
    if (files) await readData(files, files.map(file => file.bytes.buffer));
  } catch (error) {
    problem(error.message);
  }
  if (!storage) $("kept-text").textContent = "In this tab, nothing is kept: the browser does not allow it, or another tab of this page is open. Closing it loses a training.";
  await offerRun();
  document.body.dataset.state = "ready"; // what tests wait for
};
start();
