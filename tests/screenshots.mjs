// Screenshots of a report page for people to look at: desktop and phone, light and dark, and as it is printed.
// Usage: node screenshots.mjs PAGE FOLDER
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser } from "./browser.mjs";

const [page, folder] = process.argv.slice(2);
const browser = new Browser();
mkdirSync(folder, { recursive: true });
for (const width of [1280, 390])
  for (const scheme of ["light", "dark"]) {
    await browser.open(pathToFileURL(resolve(page)).href, { width, scheme, mobile: width < 500 });
    writeFileSync(join(folder, `${width}-${scheme}.png`), await browser.screenshot());
    await browser.close();
  }
await browser.open(pathToFileURL(resolve(page)).href, { width: 1280 });
writeFileSync(join(folder, "print.pdf"), Buffer.from((await browser.send("Page.printToPDF", { printBackground: true })).data, "base64"));
await browser.stop();
