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
  return paintImage(canvas, pixels, rows, cols);
};

// ---- The worker ----

const assetText = id => $(`asset-${id}`)?.textContent;
const assetBytes = id => Uint8Array.from(atob(assetText(id)), c => c.charCodeAt(0));
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

let rows = 28, cols = 28, classes = [...Array(10).keys()].map(String), hasData = false;
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
  for (const id of ["seen", "speaks"]) paintImage($(id), new Uint8Array(rows * cols), rows, cols);
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
  if (seen) paintSigned($("speaks"), await ask("explain", { pixels: seen.pixels, classNumber: Number($("speaks-for").value) }), rows, cols);
};

const show = async result => {
  seen = result;
  showBars();
  $("verdict").replaceChildren("It looks like ", make("strong", { textContent: classes[seen.predicted] }), ` (${percent(seen.probabilities[seen.predicted])})`);
  paintImage($("seen"), seen.pixels, rows, cols);
  $("speaks-for").value = seen.predicted;
  await showParts();
  clearTimeout(show.timer);
  show.timer = setTimeout(showNearest, 150);
};

const showNearest = async () => {
  if (!seen || !hasData || isTraining) return;
  const images = await ask("nearest", { pixels: seen.pixels, n: 10 });
  $("nearest").replaceChildren(...images.map(image => make("figure", {}, canvasOf(image.pixels, `Training image ${image.index}, ${classes[image.label]}`), make("figcaption", { textContent: classes[image.label] }))));
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
  if (event.button !== 0) return;
  paper.setPointerCapture(event.pointerId);
  strokes.push([place(event)]);
  pen.isShown = false;
  look();
});
paper.addEventListener("pointermove", event => {
  if (!paper.hasPointerCapture(event.pointerId)) return;
  strokes.at(-1).push(...(event.getCoalescedEvents?.() ?? []).concat(event).map(place));
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
    if (pen.isDown) strokes.at(-1).push([pen.x, pen.y]);
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

const KINDS = /\.(gz|npz|csv|idx\d-ubyte)$|ubyte$/i;
const describeData = about => {
  ({ rows, cols } = about);
  classes = about.classes.map(String);
  hasData = true;
  isMnist = about.is_mnist;
  $("drop").hidden = Boolean(assetText("train-images-idx3-ubyte.gz"));
  $("data-text").replaceChildren(make("b", { textContent: about.is_mnist ? "MNIST" : "Data" }), `: ${about.train} training and ${about.test} test images of ${rows} × ${cols} pixels, ${classes.length} classes (${about.description}). `, make("code", { textContent: `SHA-256 ${about.sha256.slice(0, 16)}…` }));
  $("begin").disabled = isTraining;
  if (model.isShown && model.units[0] === rows * cols) evaluate();
};

const model = { isShown: false, units: [784, 10] };
const takeModel = about => {
  Object.assign(model, about, { isShown: true });
  const n = about.units.at(-1);
  if (n !== classes.length) classes = [...Array(n).keys()].map(String);
  look();
};

const problem = text => {
  $("train-problem").textContent = text;
  $("train-problem").hidden = !text;
};

const takeFiles = async list => {
  problem("");
  const files = await Promise.all([...list].map(async file => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
  const models = files.filter(file => file.name.endsWith(".safetensors")), others = files.filter(file => !file.name.endsWith(".safetensors"));
  try {
    for (const { bytes, name } of models) {
      takeModel(await ask("loadModel", { bytes }));
      $("model-text").textContent = `Model ${name}: ${model.units.join(" → ")}, SHA-256 ${model.sha256.slice(0, 16)}…`;
      if (hasData && model.units[0] === rows * cols) evaluate();
    }
    if (others.length === 0) return;
    $("data-text").textContent = "Reading …";
    const about = await ask("readData", { files: others });
    await storage?.put("data", others).catch(() => {});
    describeData(about);
  } catch (error) {
    if (!hasData) $("data-text").textContent = "";
    problem(error.message.replaceAll("/data/", "").replaceAll("/data", "these files"));
  }
};

for (const name of ["dragenter", "dragover", "dragleave", "drop"])
  addEventListener(name, event => {
    event.preventDefault();
    $("drop").classList.toggle("over", name === "dragenter" || name === "dragover");
  });
addEventListener("drop", event => takeFiles(event.dataTransfer.files));
$("choose").addEventListener("change", event => takeFiles(event.target.files));

// ---- Training ----

const form = $("settings"), published = JSON.parse(assetText("digests"));
let storage, isMnist = false, isTraining = false, isPaused = false, run, epochs = [], plan, beganAt, beganWith;

const settingsOf = () => {
  const values = new FormData(form), settings = {};
  for (const name of ["seed", "epochs", "hidden", "batch", "lr"]) if (values.get(name).trim()) settings[name] = values.get(name).trim();
  return { preset: values.get("preset"), settings };
};

// Whether the digests of this run are published: the report's own, whose learning rate is the same for any number of epochs.
const isPublished = () => isMnist && run.preset === "final" && Object.entries(run.settings).every(([name, value]) => name === "epochs" || (name === "seed" && Number(value) === 42));

const setState = (training, paused = false) => {
  isTraining = training;
  isPaused = paused;
  for (const field of form.elements) if (field.name) field.disabled = training;
  $("begin").disabled = training || !hasData;
  $("pause").disabled = $("stop").disabled = !training;
  $("pause").textContent = paused ? "Go on" : "Pause";
  if (training) $("unfinished").hidden = true;
};

const showEpochs = () => {
  const isCompared = isPublished();
  $("epochs").replaceChildren(...epochs.map(epoch => {
    const same = epoch.sha256 === published[epoch.epoch - 1], tick = !isCompared ? "not published" : same ? "✓ the same" : "✗ another";
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

const keep = async ({ files, names }, isOver) => {
  for (const file of files) run.files = { ...run.files, [file.name]: file.bytes };
  const about = { preset: run.preset, settings: run.settings, epochs, names, isOver, planned: plan.epochs };
  await storage?.putRun(about, files).catch(() => problem("This browser does not keep the run: closing the page would lose it."));
};

events.epoch = async message => {
  epochs.push(...message.epochs);
  showEpochs();
  $("weights").replaceChildren(...message.weights.map((weights, unit) => {
    const canvas = make("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Weights of unit ${unit + 1}`);
    return paintSigned(canvas, weights, rows, cols);
  }));
  await keep(message, false);
  if (strokes.length > 0) look();
};

events.end = async message => {
  setState(false);
  $("progress").value = 1;
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const same = isPublished() ? epochs.filter(epoch => epoch.sha256 === published[epoch.epoch - 1]).length : 0;
  $("progress-text").textContent = `Trained: ${epochs.length} epoch${epochs.length === 1 ? "" : "s"} in ${seconds.toFixed(0)} s, ${(epochs.length * plan.images / seconds).toFixed(0)} images/s.${isPublished() ? ` ${same} of ${epochs.length} digests are the published ones.` : ""}`;
  $("model-text").textContent = "";
  takeModel(message.model);
  await keep(message, true);
  showDownloads(message.names);
  await evaluate();
};

events.failed = ({ message }) => {
  setState(false);
  problem(message);
};

form.addEventListener("submit", event => {
  event.preventDefault();
  begin(settingsOf());
});
$("pause").addEventListener("click", async () => {
  await ask(isPaused ? "proceed" : "pause");
  beganWith = undefined;
  beganAt = performance.now();
  setState(true, !isPaused);
});
$("stop").addEventListener("click", async () => {
  await ask("stop");
  setState(false);
  $("progress-text").textContent = `Stopped after epoch ${epochs.length}.`;
  offerRun();
});

const showDownloads = names => {
  $("downloads").replaceChildren(...names.filter(name => !name.startsWith("checkpoint")).map(name => {
    const bytes = run.files[name];
    return make("li", {}, make("a", { download: name, textContent: name, href: URL.createObjectURL(new Blob([bytes])) }), ` (${bytes.length < 1e6 ? `${(bytes.length / 1e3).toFixed(1)} kB` : `${(bytes.length / 1e6).toFixed(1)} MB`})`);
  }));
  $("downloads-part").hidden = false;
};

// A run that was begun before and has not come to its end.
const offerRun = async () => {
  const about = await storage?.get("run").catch(() => undefined);
  if (!about || about.isOver || isTraining) return;
  $("unfinished-text").textContent = `A run is kept here: preset ${about.preset}, seed ${about.settings.seed ?? 42}, ${about.epochs.length} of ${about.planned} epochs are done.${hasData ? "" : " To continue it, give the page its data again."}`;
  $("unfinished").hidden = false;
};

$("continue").addEventListener("click", async () => {
  if (!hasData) return problem("Give the page the run's data first.");
  const about = await storage.get("run"), files = await storage.runFiles(about);
  ({ epochs } = about);
  begin({ preset: about.preset, settings: about.settings, files: Object.fromEntries(files.map(file => [file.name, file.bytes.slice()])) }, files);
});
$("forget").addEventListener("click", async () => {
  await storage.forgetRun();
  $("unfinished").hidden = true;
});

// ---- Results ----

let mistakes = [];
const evaluate = async () => {
  let result;
  try {
    result = await ask("evaluate");
  } catch (error) {
    $("results-text").textContent = error.message;
    $("results-part").hidden = true;
    return;
  }
  ({ mistakes } = result);
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
  const images = await ask("images", { part: "test", indices: chosen.map(([index]) => index) });
  $("mistakes-count").textContent = `${chosen.length} shown`;
  $("mistakes").replaceChildren(...chosen.map(([index, label, predicted, confidence], i) => make("li", {}, canvasOf(images[i].pixels, `Test image ${index}`), make("b", { textContent: `${classes[label]} → ${classes[predicted]}` }), make("span", { textContent: percent(confidence) }))));
};
$("true").addEventListener("change", showMistakes);

// ---- Start ----

const start = async () => {
  redraw();
  showBars();
  try {
    const modules = { relaxed: assetBytes("relaxed"), simd128: assetBytes("simd128") };
    const isa = new URLSearchParams(location.search).get("isa") ?? undefined;
    const about = await ask("start", { modules, isa });
    const isFused = about.isa === "relaxed";
    $("engine").textContent = `mnist_simd ${about.version}, numerics contract ${about.contract}. Multiply-adds: ${isFused ? "fused by this browser" : "exact ones of our own, slower"}.`;
    $("way").textContent = isFused
      ? "This browser multiplies and adds with one rounding, as the processor does (WebAssembly's relaxed SIMD; the page has tried it out). That is the operation which everything here is made of."
      : "This browser has no multiply-add with one rounding, so the page computes it from double precision, exactly: the same bits, more slowly.";
  } catch (error) {
    $("engine").textContent = "";
    problem(error.message);
    $("verdict").textContent = "This page cannot compute here.";
    return;
  }
  takeModel(await ask("loadModel", { bytes: assetBytes("model") }));
  storage = await Storage.open();
  try {
    const names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];
    const files = assetText(names[0]) ? names.map(name => ({ name, bytes: assetBytes(name) })) : await storage?.get("data");
    if (files) {
      $("data-text").textContent = "Reading the data …";
      describeData(await ask("readData", { files }));
    }
  } catch (error) {
    problem(error.message);
  }
  await offerRun();
  document.body.dataset.state = "ready"; // what tests wait for
};
start();
