// A frame with axes, and the figure around it; knows nothing of what is drawn inside.

const SIZE = { width: 340, height: 250, left: 44, right: 10, top: 10, bottom: 40 };

// Functions from values to places, for axes from `from` to `to`.
function scales({ x, y }, width) {
  const across = width - SIZE.left - SIZE.right;
  const down = SIZE.height - SIZE.top - SIZE.bottom;
  return {
    x: (value) => SIZE.left + (across * (value - x.from)) / (x.to - x.from),
    y: (value) => SIZE.top + down - (down * (value - y.from)) / (y.to - y.from),
  };
}

// axes: { x, y }, each { from, to, ticks: [value, ...], name, shown: (value) => text }
function frame(axes, width = SIZE.width) {
  const at = scales(axes, width);
  const bottom = SIZE.height - SIZE.bottom;
  const shown = (axis, value) => (axes[axis].shown ?? String)(value);
  const parts = [
    ...axes.y.ticks.flatMap((value) => [
      draw("line", { class: "grid", x1: SIZE.left, x2: width - SIZE.right,
        y1: at.y(value), y2: at.y(value) }),
      draw("text", { class: "end", x: SIZE.left - 6, y: at.y(value) + 4 }, shown("y", value)),
    ]),
    ...axes.x.ticks.map((value) =>
      draw("text", { class: "middle", x: at.x(value), y: bottom + 16 }, shown("x", value))),
    draw("text", { class: "middle name", x: (SIZE.left + width) / 2, y: SIZE.height - 5 },
      axes.x.name),
    draw("text", { class: "middle name", transform: `translate(11 ${(SIZE.top + bottom) / 2}) rotate(-90)` },
      axes.y.name),
  ];
  const plot = draw("svg", { viewBox: `0 0 ${width} ${SIZE.height}`, role: "img" }, ...parts);
  return { plot, at };
}

function line(at, points, kind) {
  const path = points.map(([x, y], number) =>
    `${number ? "L" : "M"}${at.x(x).toFixed(1)} ${at.y(y).toFixed(1)}`);
  return draw("path", { class: kind, d: path.join("") });
}

// The figure; say(text) is what it shows, in words, for all to read.
function figure(title, plot, kind = "figure.panel") {
  const words = make("figcaption");
  const element = make(kind, {}, make("h3", {}, title), plot, words);
  return { element, say(text) {
    words.textContent = text;
    plot.setAttribute("aria-label", `${title}. ${text}`);
  } };
}

const UNIT = { from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1] };

// A handful of round values from 0 to at least `most`.
function ticks(most) {
  const step = [1, 2, 5, 10].map((one) => one * 10 ** Math.floor(Math.log10(most / 4)))
    .find((one) => one * 4 >= most) ?? 1;
  const count = Math.ceil(most / step) || 1;
  return Array.from({ length: count + 1 }, (_, number) => Number((number * step).toPrecision(6)));
}
