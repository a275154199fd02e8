// Runs a WebAssembly program in node. Usage: node --experimental-wasm-relaxed-simd run.mjs PROGRAM.wasm [NAME=FILE]...
// NAME is what the program calls the file. Node 22 and newer need no flag.
import fs from "node:fs";
import { Exit, Wasi } from "./wasi.js";

const [program, ...files] = process.argv.slice(2);
const wasi = new Wasi({ args: [program], print: (text, descriptor) => (descriptor === 2 ? process.stderr : process.stdout).write(text) });
for (const file of files) {
  const [name, path] = file.split("=");
  wasi.write(name, fs.readFileSync(path));
}
const { instance } = await WebAssembly.instantiate(fs.readFileSync(program), wasi.imports);
wasi.memory = instance.exports.memory;
try {
  instance.exports._start();
} catch (error) {
  if (!(error instanceof Exit)) throw error;
  process.exitCode = error.code;
}
