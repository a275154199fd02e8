// A headless Chromium, spoken to over a pipe in the DevTools protocol (https://chromedevtools.github.io/devtools-protocol).
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome"];

export const browserName = process.env.MNIST_SIMD_BROWSER ||
  names.find(name => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);

export class Browser {
  constructor() {
    this.profile = mkdtempSync(join(tmpdir(), "mnist_simd_browser."));
    this.next = 0;
    this.waiting = new Map(); // id -> what awaits its answer
    this.events = [];         // all events of the page, as they came
    this.process = spawn(browserName, ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
      `--user-data-dir=${this.profile}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    let text = "";
    this.process.stdio[4].setEncoding("utf8").on("data", part => {
      const messages = (text + part).split("\0");
      text = messages.pop();
      messages.forEach(message => this.receive(JSON.parse(message)));
    });
    this.process.on("exit", () => this.waiting.forEach(({ reject }) => reject(new Error("the browser has ended"))));
  }

  receive(message) {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (!waiting) this.events.push(message);
    else if (message.error) waiting.reject(new Error(`${waiting.method}: ${message.error.message}`));
    else waiting.resolve(message.result);
  }

  send(method, params = {}) {
    const id = ++this.next;
    this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId: this.session }) + "\0");
    return new Promise((resolve, reject) => this.waiting.set(id, { method, resolve, reject }));
  }

  // A page of that size, in the scheme "light" or "dark"; its events are those since then.
  async open(url, { width, height = 900, scheme = "light", mobile = false }) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    this.session = (await this.send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
    this.events.length = 0;
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await this.send(`${domain}.enable`);
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
    await this.send("Emulation.setTouchEmulationEnabled", { enabled: mobile });
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await this.send("Page.navigate", { url });
    for (let i = 0; i < 400 && !this.events.some(event => event.method === "Page.loadEventFired"); ++i)
      await new Promise(resolve => setTimeout(resolve, 25));
  }

  // Ends with the target, and with it the session.
  async close() {
    const { targetInfo } = await this.send("Target.getTargetInfo");
    this.session = undefined;
    await this.send("Target.closeTarget", { targetId: targetInfo.targetId });
  }

  // The value of an expression in the page.
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description || exceptionDetails.text}`);
    return result.value;
  }

  async screenshot() {
    const { data } = await this.send("Page.captureScreenshot", { captureBeyondViewport: true });
    return Buffer.from(data, "base64");
  }

  async stop() {
    const ended = new Promise(resolve => this.process.on("exit", resolve));
    this.session = undefined;
    this.send("Browser.close").catch(() => {});
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
