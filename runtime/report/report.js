// The page works without this: values where a plot is pointed at, or walked through with the arrow keys, and the choice of
// misclassified images. The boxes of legends are the style sheet's.
"use strict";

// ---- Plots: each point is a circle of class dot with what is to be said in its data ----

const figures = new Map(); // figure -> its plots: all of a figure point at the same x

const isShown = dot => getComputedStyle(dot).display !== "none"; // the legend switches series off

class Plot {
  constructor(svg) {
    this.svg = svg;
    this.byX = new Map(); // x -> its dots
    for (const dot of svg.querySelectorAll(".dot")) {
      const x = Number(dot.getAttribute("cx"));
      if (!this.byX.has(x)) this.byX.set(x, []);
      this.byX.get(x).push(dot);
    }
    this.xs = [...this.byX.keys()].sort((a, b) => a - b);
    this.at = -1;
    this.cursor = svg.insertBefore(document.createElementNS(svg.namespaceURI, "path"), svg.querySelector(".dot"));
    this.cursor.setAttribute("class", "cursor");
    this.box = svg.parentElement.appendChild(document.createElement("div"));
    this.box.className = "values";
    this.box.hidden = true;
  }

  nearest(event) {
    const frame = this.svg.getBoundingClientRect();
    const x = (event.clientX - frame.left) / frame.width * this.svg.viewBox.baseVal.width;
    let best = 0;
    this.xs.forEach((candidate, i) => { if (Math.abs(candidate - x) < Math.abs(this.xs[best] - x)) best = i; });
    return best;
  }

  show(index) {
    this.hide();
    if (index < 0 || index >= this.xs.length) return;
    this.at = index;
    const x = this.xs[index], dots = this.byX.get(x).filter(isShown), inside = dots.filter(dot => !dot.classList.contains("outside"));
    if (dots.length === 0) return;
    inside.forEach(dot => { dot.classList.add("pointed"); dot.setAttribute("r", 4); });
    this.cursor.setAttribute("d", `M${x} 44V222`);
    const head = document.createElement("b");
    head.textContent = dots[0].dataset.at;
    this.box.replaceChildren(head, ...dots.map(dot => {
      const [row, line, name, value] = ["div", "span", "span", "strong"].map(tag => document.createElement(tag));
      line.className = "drawing";
      line.innerHTML = `<svg viewBox="0 0 18 8"><path class="line ${dot.classList[1]}" d="M1 4H17"/></svg>`;
      value.textContent = dot.dataset.value;
      name.textContent = `${dot.dataset.name} `;
      row.append(line, name, value);
      return row;
    }));
    this.box.classList.toggle("many", dots.length > 4);
    this.box.hidden = false;
    this.place(x);
  }

  // Beside the cursor, where no line passes behind it; else below the axis.
  place(x) {
    const scale = this.svg.getBoundingClientRect().width / this.svg.viewBox.baseVal.width;
    const width = this.box.offsetWidth / scale, height = this.box.offsetHeight / scale, room = this.svg.viewBox.baseVal.width;
    const free = (left, top) => left >= 0 && left + width <= room &&
      this.points().every(([px, py]) => px < left - 6 || px > left + width + 6 || py < top - 6 || py > top + height + 6);
    let place = [Math.min(Math.max(x - width / 2, 0), Math.max(room - width, 0)), 226];
    for (let top = 222 - height; top >= 44; top -= 12)
      for (const left of [x - 12 - width, x + 12]) if (free(left, top)) place = [left, top];
    this.box.style.left = `${place[0] * scale}px`;
    this.box.style.top = `${place[1] * scale}px`;
  }

  // What the shown lines pass: their dots, and places between two of them.
  points() {
    if (this.passed) return this.passed;
    const points = [], last = new Map();
    for (const dot of this.svg.querySelectorAll(".dot")) {
      if (!isShown(dot)) continue;
      const [x, y, name] = [Number(dot.getAttribute("cx")), Number(dot.getAttribute("cy")), dot.dataset.name];
      const [fromX, fromY] = last.get(name) ?? [x, y], n = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / 8));
      for (let i = 1; i <= n; ++i) points.push([fromX + (x - fromX) * i / n, fromY + (y - fromY) * i / n]);
      last.set(name, [x, y]);
    }
    return this.passed = points;
  }

  hide() {
    if (this.at >= 0) for (const dot of this.byX.get(this.xs[this.at])) { dot.classList.remove("pointed"); dot.setAttribute("r", 2); }
    this.at = -1;
    this.cursor.removeAttribute("d");
    this.box.hidden = true;
  }
}

for (const svg of document.querySelectorAll("svg.plot")) {
  const plot = new Plot(svg), figure = svg.closest("figure");
  if (!figures.has(figure)) figures.set(figure, []);
  const together = figures.get(figure);
  together.push(plot);
  const showAll = index => together.forEach(other => other.show(index)), hideAll = () => together.forEach(other => other.hide());
  figure.addEventListener("change", () => { plot.passed = undefined; });
  svg.addEventListener("pointermove", event => showAll(plot.nearest(event)));
  svg.addEventListener("pointerdown", event => showAll(plot.nearest(event)));
  svg.addEventListener("pointerleave", event => { if (event.pointerType === "mouse") hideAll(); });
  svg.addEventListener("blur", hideAll);
  svg.addEventListener("keydown", event => {
    const last = plot.xs.length - 1;
    const next = { ArrowLeft: Math.max(plot.at - 1, 0), ArrowRight: Math.min(plot.at + 1, last), Home: 0, End: last }[event.key];
    if (event.key === "Escape") hideAll();
    if (next === undefined) return;
    event.preventDefault();
    showAll(next);
  });
}

// ---- Misclassified images: by class, in order; a cell of the confusion matrix chooses its own ----

const browser = document.getElementById("mistakes");
if (browser) {
  const list = browser.querySelector("ul"), inFileOrder = [...list.children], choices = {};
  for (const select of browser.querySelectorAll("select")) choices[select.dataset.choice] = select;

  const choose = () => {
    const wanted = li => ["true", "predicted"].every(name => !choices[name].value || li.dataset[name] === choices[name].value);
    const order = choices.order.value ? [...inFileOrder].sort((a, b) => b.dataset.sure - a.dataset.sure) : inFileOrder;
    list.replaceChildren(...order);
    inFileOrder.forEach(li => { li.hidden = !wanted(li); });
    browser.querySelector("output").textContent = `${inFileOrder.filter(wanted).length.toLocaleString("en")} shown`;
    for (const cell of document.querySelectorAll(".cell"))
      cell.classList.toggle("chosen", cell.dataset.true === choices.true.value && cell.dataset.predicted === choices.predicted.value);
  };

  browser.querySelector(".choices").hidden = false;
  Object.values(choices).forEach(select => select.addEventListener("change", choose));
  // The matrix is one stop of the Tab key; within it, arrow keys go to the nearest cell in their direction.
  const cells = [...document.querySelectorAll(".cell")].filter(cell => cell.dataset.true !== cell.dataset.predicted);
  const go = (from, down, right) => {
    const steps = cell => [(cell.dataset.true - from.dataset.true) * down + (cell.dataset.predicted - from.dataset.predicted) * right,
      Math.abs(cell.dataset.true - from.dataset.true) * right ** 2 + Math.abs(cell.dataset.predicted - from.dataset.predicted) * down ** 2];
    const ahead = cells.filter(cell => steps(cell)[0] > 0);
    const cost = cell => steps(cell)[0] + 20 * steps(cell)[1];
    const next = ahead.reduce((best, cell) => (!best || cost(cell) < cost(best) ? cell : best), undefined);
    if (!next) return;
    from.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
  cells.forEach((cell, i) => {
    cell.setAttribute("role", "button");
    cell.setAttribute("aria-label", cell.querySelector("title").textContent);
    cell.setAttribute("tabindex", i === 0 ? 0 : -1);
    cell.addEventListener("keydown", event => {
      const arrow = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (arrow) go(cell, ...arrow);
      else if (event.key === "Enter" || event.key === " ") cell.dispatchEvent(new MouseEvent("click"));
      else return;
      event.preventDefault();
    });
    cell.addEventListener("click", () => {
      choices.true.value = cell.dataset.true;
      choices.predicted.value = cell.dataset.predicted;
      choose();
      browser.open = true;
      list.scrollTop = 0;
      browser.scrollIntoView({ block: "nearest" });
    });
  });
  if (cells.length > 0) cells[0].closest("svg").setAttribute("role", "group");
  choose();
}
