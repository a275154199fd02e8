// Pictures of numbers: images and weights on canvases, curves as SVG.

// Of colours from the style sheet, which knows light and dark.
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const channels = hex => [1, 3, 5].map(at => parseInt(hex.length === 4 ? hex[(at + 1) / 2].repeat(2) : hex.slice(at, at + 2), 16));

const paint = (canvas, rows, cols, shade) => {
  canvas.width = cols;
  canvas.height = rows;
  const context = canvas.getContext("2d"), image = context.createImageData(cols, rows);
  for (let i = 0; i < rows * cols; ++i) image.data.set([...shade(i), 255], 4 * i);
  context.putImageData(image, 0, 0);
  return canvas;
};

const blend = (from, to, share) => from.map((value, i) => Math.round(value + (to[i] - value) * share));

// Bytes, 0 to 255, as ink on paper.
export const paintImage = (canvas, pixels, rows, cols) => {
  const paper = channels(colour("--paper")), ink = channels(colour("--ink"));
  return paint(canvas, rows, cols, i => blend(paper, ink, pixels[i] / 255));
};

// Numbers of both signs: blue above zero, orange below.
export const paintSigned = (canvas, values, rows, cols) => {
  const paper = channels(colour("--paper")), above = channels(colour("--blue")), below = channels(colour("--orange"));
  const largest = Math.max(...values.map(Math.abs)) || 1;
  return paint(canvas, rows, cols, i => blend(paper, values[i] < 0 ? below : above, Math.sqrt(Math.abs(values[i]) / largest)));
};

const SVG = "http://www.w3.org/2000/svg";
const element = (name, attributes, text) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
};

// The ends of an axis that holds the values, and a few round numbers between them.
const axis = values => {
  const low = Math.min(...values), high = Math.max(...values), span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 3)), step = [1, 2, 5, 10].map(factor => factor * power).find(step => span / step <= 4);
  const first = Math.floor(low / step) * step, last = Math.ceil(high / step) * step || step;
  return { first, last, ticks: Array.from({ length: Math.round((last - first) / step) + 1 }, (_, i) => Number((first + i * step).toPrecision(6))) };
};

// Curves of epochs 1 to n: series { name, values, style }. format gives a value in words.
export const drawCurves = (svg, series, epochs, format, title) => {
  const width = 420, height = 220, left = 52, right = 12, top = 26, bottom = 26;
  const all = series.flatMap(one => one.values);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  if (all.length === 0) return;
  const y = axis(all), x = epoch => left + (epoch - 1) / Math.max(epochs - 1, 1) * (width - left - right);
  const at = value => height - bottom - (value - y.first) / (y.last - y.first) * (height - top - bottom);
  for (const tick of y.ticks) {
    svg.append(element("path", { class: "grid", d: `M${left} ${at(tick)}H${width - right}` }));
    svg.append(element("text", { class: "tick", x: left - 8, y: at(tick) + 4, "text-anchor": "end" }, format(tick)));
  }
  for (const tick of new Set(axis([1, Math.max(epochs, 2)]).ticks.map(Math.round).filter(tick => tick >= 1 && tick <= epochs)))
    svg.append(element("text", { class: "tick", x: x(tick), y: height - 6, "text-anchor": "middle" }, tick));
  series.forEach((one, i) => {
    svg.append(element("path", { class: `curve c${i}`, d: one.values.map((value, e) => `${e ? "L" : "M"}${x(e + 1)} ${at(value)}`).join("") }));
    if (one.values.length > 0) svg.append(element("circle", { class: `end c${i}`, r: 3.5, cx: x(one.values.length), cy: at(one.values.at(-1)) }));
    svg.append(element("text", { class: `key c${i}`, x: left + i * 130, y: 14 }, one.values.length > 0 ? `${one.name} ${format(one.values.at(-1))}` : ""));
  });
  svg.setAttribute("aria-label", `${title}: ${series.map(one => `${one.name} ${one.values.length > 0 ? format(one.values.at(-1)) : ""}`).join(", ")} after epoch ${series[0].values.length}`);
};
