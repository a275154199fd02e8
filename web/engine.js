// engine.c for JavaScript: its functions with strings, arrays and objects in place of pointers.
import { Wasi } from "./wasi.js";

export class Engine {
  // modules: { relaxed, simd128 }, the bytes of two builds: an engine of JavaScript loads no module with instructions that it
  // does not know. isa: "relaxed" or "simd128", the best that there is if it is not given.
  static async start(modules, isa) {
    const bytes = [modules.relaxed, modules.simd128].find(bytes => WebAssembly.validate(bytes));
    if (!bytes) throw new Error("this browser has no WebAssembly with SIMD, which Chromium has since version 91, Firefox since 89 and Safari since 16.4");
    const engine = new Engine();
    engine.files = new Wasi();
    const { instance } = await WebAssembly.instantiate(bytes, engine.files.imports);
    engine.calls = instance.exports;
    engine.memory = engine.files.memory = instance.exports.memory;
    engine.calls._initialize();
    engine.about = engine.ask("start", isa ?? null);
    return engine;
  }

  // ---- Calls ----

  copyIn(bytes) {
    const pointer = this.calls.reserve(Math.max(bytes.length, 1));
    if (!pointer) throw new Error("there is no more memory in this page");
    new Uint8Array(this.memory.buffer, pointer, bytes.length).set(bytes);
    return pointer;
  }

  text(pointer) {
    const bytes = new Uint8Array(this.memory.buffer, pointer);
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
  }

  // Calls a function that returns a status. Strings and byte arrays are copied in; null and numbers stay as they are.
  run(name, ...operands) {
    const held = [];
    const converted = operands.map(operand => {
      const bytes = typeof operand === "string" ? new TextEncoder().encode(`${operand}\0`) : operand;
      if (!(bytes instanceof Uint8Array)) return operand ?? 0;
      held.push(this.copyIn(bytes));
      return held.at(-1);
    });
    const status = this.calls[name](...converted);
    held.forEach(pointer => this.calls.release(pointer));
    if (status !== 0) throw new Error(this.text(this.calls.last_answer()));
  }

  ask(name, ...operands) {
    this.run(name, ...operands);
    return JSON.parse(this.text(this.calls.last_answer()));
  }

  // The same of a function whose last operand is memory of n elements for its result.
  fill(Type, n, name, ...operands) {
    const pointer = this.copyIn(new Uint8Array(n * Type.BYTES_PER_ELEMENT));
    try {
      this.run(name, ...operands, pointer);
      return new Type(this.memory.buffer, pointer, n).slice();
    } finally {
      this.calls.release(pointer);
    }
  }

  // ---- Data and model ----

  // files: [{ name, bytes }], a data set as it is published, or an archive of one.
  readData(files, split) {
    this.files.removeFolder("/data");
    for (const file of files) this.files.write(`/data/${file.name}`, file.bytes);
    try {
      const isArchive = files.length === 1 && /\.(npz|csv)(\.gz)?$/i.test(files[0].name);
      return this.data = this.ask("read_data", isArchive ? `/data/${files[0].name}` : "/data", split ?? null);
    } finally {
      this.files.removeFolder("/data");
    }
  }

  // The bytes of a .safetensors file.
  loadModel(bytes, name = "model.safetensors") {
    this.files.write(`/${name}`, bytes);
    try {
      return this.model = this.ask("load_model", `/${name}`);
    } finally {
      this.files.entries.delete(name);
    }
  }

  predict(pixels) {
    const { units } = this.model, n = pixels.length / units[0];
    if (!Number.isInteger(n)) throw new Error(`this network takes ${units[0]} pixels, a drawing has ${pixels.length}`);
    return this.fill(Float32Array, n * units.at(-1), "predict", n, pixels);
  }

  prepareDigit(rows, cols, drawing) {
    return this.fill(Uint8Array, 28 * 28, "prepare_digit", rows, cols, drawing);
  }

  explain(pixels, classNumber) {
    return this.fill(Float32Array, pixels.length, "explain", pixels, classNumber);
  }

  image(part, index) {
    const pointer = this.calls.image_at(part === "test" ? 1 : 0, index);
    return pointer ? new Uint8Array(this.memory.buffer, pointer, this.data.rows * this.data.cols).slice() : undefined;
  }

  label(part, index) {
    return this.calls.label_at(part === "test" ? 1 : 0, index);
  }

  // The training images that are most like it: [{ index, label, pixels }].
  nearest(pixels, n) {
    const pointer = this.copyIn(new Uint8Array(4 * n));
    try {
      this.run("find_nearest", pixels, n, pointer);
      return [...new Uint32Array(this.memory.buffer, pointer, n)].map(index => ({ index, label: this.label("train", index), pixels: this.image("train", index) }));
    } finally {
      this.calls.release(pointer);
    }
  }

  // The weights of the first units of the first layer: [Float32Array of a weight a pixel].
  firstWeights(n) {
    const [inputs, units] = this.model.units, weights = new Float32Array(this.memory.buffer, this.calls.first_weights(), inputs * units);
    return Array.from({ length: Math.min(n, units) }, (_, unit) => Float32Array.from({ length: inputs }, (_, i) => weights[i * units + unit]));
  }

  evaluate() {
    return this.ask("evaluate");
  }

  // ---- Training ----

  // run: { preset, settings: { name: value }, name, resume }; the run's files are in /run.
  openRun({ preset, settings = {}, name = "", resume = false }) {
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`).join("\n");
    if (!resume) this.files.removeFolder("/run");
    return this.ask("open_run", "/run", preset, lines, name || null, resume ? 1 : 0);
  }

  // Trains for so many seconds, or to the end of the epoch: { epoch, step, steps, images, loss, accuracy, ended, is_done }.
  // From the end of an epoch on, its network is the model.
  advanceRun(seconds) {
    const progress = this.ask("advance_run", seconds);
    if (progress.ended.length > 0) this.model = this.ask("describe_model");
    return progress;
  }

  endRun() {
    const result = this.ask("end_run");
    this.model = this.ask("describe_model");
    return result;
  }

  closeRun() {
    this.calls.close_run();
  }

  // [{ name, bytes }]
  runFiles() {
    return this.files.list("/run").map(name => ({ name, bytes: this.files.read(`/run/${name}`) }));
  }

  putRunFiles(files) {
    this.files.removeFolder("/run");
    for (const file of files) this.files.write(`/run/${file.name}`, file.bytes);
  }
}
