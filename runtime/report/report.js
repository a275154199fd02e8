// The page works without this: values where a plot is pointed at, or walked through with the arrow keys, and the choice of
// misclassified images.
"use strict";

// ---- Plots: each point is a circle of class dot with what is to be said in its data ----

const figures = new Map(); // figure -> its plots: all of a figure point at the same x

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
    const x = this.xs[index], dots = this.byX.get(x), inside = dots.filter(dot => !dot.classList.contains("outside"));
    const ys = inside.map(dot => Number(dot.getAttribute("cy")));
    inside.forEach(dot => { dot.classList.add("pointed"); dot.setAttribute("r", 4); });
    this.cursor.setAttribute("d", `M${x} 44V222`);
    const head = document.createElement("b");
    head.textContent = dots[0].dataset.at;
    this.box.replaceChildren(head, ...dots.map(dot => {
      const row = document.createElement("div");
      row.className = dot.classList[1];
      row.textContent = `${dot.dataset.name} ${dot.dataset.value}`;
      return row;
    }));
    this.box.hidden = false;
    const frame = this.svg.getBoundingClientRect(), scale = frame.width / this.svg.viewBox.baseVal.width;
    const left = x * scale + 12, room = frame.width - this.box.offsetWidth;
    this.box.style.left = `${left <= room ? left : Math.max(0, x * scale - 12 - this.box.offsetWidth)}px`;
    const y = (ys.length ? Math.min(...ys) : 60) * scale;
    this.box.style.top = `${Math.min(Math.max(y + 14, 30), frame.height - this.box.offsetHeight - 50 * scale)}px`;
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
    browser.querySelector("output").textContent = `${inFileOrder.filter(wanted).length} shown`;
    for (const cell of document.querySelectorAll(".cell"))
      cell.classList.toggle("chosen", cell.dataset.true === choices.true.value && cell.dataset.predicted === choices.predicted.value);
  };

  browser.querySelector(".choices").hidden = false;
  Object.values(choices).forEach(select => select.addEventListener("change", choose));
  for (const cell of document.querySelectorAll(".cell")) {
    if (cell.dataset.true === cell.dataset.predicted) continue;
    cell.style.cursor = "pointer";
    cell.addEventListener("click", () => {
      choices.true.value = cell.dataset.true;
      choices.predicted.value = cell.dataset.predicted;
      choose();
      browser.open = true;
      list.scrollTop = 0;
      browser.scrollIntoView({ block: "nearest" });
    });
  }
  choose();
}
