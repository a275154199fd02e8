// An exported ONNX model on the images of an IDX file, by onnxruntime-web: logits to a file, float32.
// Usage: node predict_onnx.mjs FOLDER_WITH_NODE_MODULES MODEL.onnx IMAGES LOGITS
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, model, images, logits] = process.argv.slice(2);
const ort = createRequire(`${folder}/`)("onnxruntime-web");
ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";
const session = await ort.InferenceSession.create(readFileSync(model));
const pixels = Float32Array.from(readFileSync(images).subarray(16), (byte) => Math.fround(byte / 255));
const input = new ort.Tensor("float32", pixels, [pixels.length / 784, 784]);
const output = (await session.run({ input })).logits;
if (`${session.inputNames} ${session.outputNames} ${output.dims}` !== `input logits ${pixels.length / 784},10`)
  throw new Error(`${session.inputNames} ${session.outputNames} ${output.dims}`);
writeFileSync(logits, new Uint8Array(output.data.buffer, output.data.byteOffset, output.data.byteLength));
