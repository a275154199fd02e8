// Puts the page's parts into one HTML file, which opens from disk and asks nobody for anything.
// Usage: assemble.mjs OUT RELAXED.wasm SIMD128.wasm MODEL.safetensors [DATA_FOLDER]
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const [out, relaxed, simd128, model, data] = process.argv.slice(2);
const web = path.dirname(fileURLToPath(import.meta.url));
const read = name => fs.readFileSync(path.join(web, name), "utf8");
// Modules become one script: what one imports stands before it.
const script = (...names) => names.map(name => read(name).replace(/^import .*\n/gm, "").replace(/^export /gm, "")).join("\n").replaceAll("</script", "<\\/script");
const asset = (id, bytes) => `<script type="application/octet-stream" id="asset-${id}">${bytes.toString("base64")}</script>`;
const digests = read("../tests/golden/verify_full.txt").match(/^[0-9a-f]{64}$/gm);

const assets = [asset("relaxed", fs.readFileSync(relaxed)), asset("simd128", fs.readFileSync(simd128)), asset("model", fs.readFileSync(model))];
if (data)
  for (const name of ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
    assets.push(asset(`${name}.gz`, gzipSync(fs.readFileSync(path.join(data, name)), { level: 9 })));
const parts = {
  style: `${read("../runtime/report/report.css")}\n${read("playground.css")}`,
  assets: [...assets, `<script type="application/json" id="asset-digests">${JSON.stringify(digests)}</script>`,
    `<script type="text/plain" id="asset-worker">${script("wasi.js", "engine.js", "worker.js")}</script>`].join("\n"),
  script: script("storage.js", "pictures.js", "page.js"),
};
fs.writeFileSync(out, read("playground.html").replace(/<!-- (style|assets|script) -->/g, (_, part) => parts[part]));
console.log(`${out}: ${(fs.statSync(out).size / 1e6).toFixed(1)} MB`);
