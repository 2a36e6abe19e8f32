// Elements from values. Text goes in as text: nothing here, or anywhere, reads HTML from a string.

const find = (selector, within = document) => within.querySelector(selector);

// make("p.quiet", { title: "..." }, "text", otherElement)
function make(kind, properties = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const element = Object.assign(document.createElement(tag), properties);
  if (classes.length) element.className = classes.join(" ");
  element.append(...children);
  return element;
}

// Words read from a meme: in a direction of their own, which ends with them.
function foreign(kind, text) {
  return make(kind, { dir: "auto", textContent: text });
}

function aria(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
  return element;
}

// A part of a drawing: draw("circle", { cx: 1, cy: 2, class: "mark" })
function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  element.append(...children);
  return aria(element, attributes);
}

// A table of plain cells; the first of each row is its header, and `wide` columns are text.
function table(caption, heads, lines) {
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
  const body = lines.map(([first, ...rest]) =>
    make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((one) => make("td", {}, one))));
  return make("table", {}, make("caption", {}, caption),
    make("thead", {}, head), make("tbody", {}, ...body));
}

// A share as a bar, said in words beside it.
function bar(share, kind = "") {
  const fill = make("i");
  fill.style.width = `${100 * share}%`;
  return aria(make(`span.bar${kind}`, {}, fill), { "aria-hidden": "true" });
}

function button(text, onclick, kind = "button") {
  return make(kind, { type: "button", onclick }, text);
}
