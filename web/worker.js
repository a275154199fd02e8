// The engine in a worker of the page, which stays alive so. Messages in: { id, call, operand }; out: { id, result } or { id,
// error }, and while a run is under way { event, ... }.
import { Engine } from "./engine.js";

let engine, state = "idle"; // idle, training, paused
const sent = new Map(); // name -> the file of the run that the page has last
const turn = new MessageChannel(); // a turn for other messages between two slices of training, without a timer's delay
const slice_s = 0.04;

const changedFiles = () => engine.files.list("/run").filter(name => name !== "run.lock").flatMap(name => {
  const file = engine.files.entries.get(`run/${name}`), key = `${file.inode} ${file.length}`;
  if (sent.get(name) === key) return [];
  sent.set(name, key);
  return [{ name, bytes: file.bytes.slice() }];
});

const post = message => {
  message.names = engine.files.list("/run").filter(name => name !== "run.lock");
  message.files = changedFiles();
  postMessage(message, message.files.map(file => file.bytes.buffer));
};

turn.port1.onmessage = () => {
  if (state !== "training") return;
  try {
    const progress = engine.advanceRun(slice_s);
    postMessage({ event: "progress", progress });
    if (progress.ended.length > 0) post({ event: "epoch", epochs: progress.ended, model: engine.model, weights: engine.firstWeights(24) });
    if (progress.is_done) {
      state = "idle";
      const result = engine.endRun();
      post({ event: "end", model: engine.model, result });
    } else turn.port2.postMessage(null);
  } catch (error) {
    state = "idle";
    postMessage({ event: "failed", message: error.message });
  }
};

const look = pixels => {
  const probabilities = engine.predict(pixels);
  const predicted = probabilities.indexOf(Math.max(...probabilities));
  return { pixels, probabilities, predicted };
};

const calls = {
  async start({ modules, isa }) {
    engine = await Engine.start(modules, isa);
    return engine.about;
  },
  readData: ({ files, split }) => engine.readData(files, split),
  loadModel: ({ bytes, name }) => engine.loadModel(bytes, name),
  preset: ({ name }) => engine.ask("describe_preset", name),
  look: ({ pixels }) => look(pixels),
  draw: ({ rows, cols, drawing }) => look(engine.prepareDigit(rows, cols, drawing)),
  explain: ({ pixels, classNumber }) => engine.explain(pixels, classNumber),
  nearest: ({ pixels, n }) => engine.nearest(pixels, n),
  images: ({ part, indices }) => indices.map(index => ({ index, label: engine.label(part, index), pixels: engine.image(part, index) })),
  evaluate: () => engine.evaluate(),
  open({ run, files }) {
    sent.clear();
    if (files) engine.putRunFiles(files);
    const plan = engine.openRun({ ...run, resume: Boolean(files) });
    state = "training";
    turn.port2.postMessage(null);
    return plan;
  },
  pause() {
    state = "paused";
  },
  proceed() {
    state = "training";
    turn.port2.postMessage(null);
  },
  stop() {
    state = "idle";
    engine.closeRun();
  },
  memory: () => engine.memory.buffer.byteLength,
};

onmessage = async ({ data: { id, call, operand } }) => {
  try {
    postMessage({ id, result: await calls[call](operand ?? {}) });
  } catch (error) {
    postMessage({ id, error: error.message });
  }
};
