// The keyboard: what each key does, and the dialog that says so.

const KEYS = [
  ["j  →", "next meme"], ["k  ←", "previous meme"], ["↑  ↓", "meme above or below"],
  ["Home  End", "first or last meme"], ["Enter", "open the meme"], ["Esc", "close"],
  ["b", "show or blur the meme"], ["/", "search"], ["g", "go to the memes"], ["t", "go to the threshold"],
  ["?", "these keys"],
];

function help() {
  find("#keys").replaceChildren(
    make("div.line", {}, make("h2", { id: "keys-title" }, "Keys"), make("span.grow"),
      button("Close", () => find("#keys").close())),
    make("dl.keys", {}, ...KEYS.flatMap(([key, what]) => [
      make("dt", {}, ...key.split("  ").map((one) => make("kbd", {}, one))), make("dd", {}, what)])));
  if (!find("#keys").open) find("#keys").showModal();
}

const isAt = () => active && document.activeElement === drawn.get(active);
const ANYWHERE = {
  j: () => walk(isAt() ? 1 : 0),
  k: () => walk(isAt() ? -1 : 0),
  b: () => active && toggle(active),
  "/": () => find("#search").focus(),
  g: () => go("memes"),
  t: () => find("#threshold").focus(),
  "?": help,
};
const IN_GALLERY = {
  ArrowRight: () => walk(1),
  ArrowLeft: () => walk(-1),
  ArrowDown: () => walk(columns()),
  ArrowUp: () => walk(-columns()),
  Home: () => walk(-rows.length),
  End: () => walk(rows.length),
};
const turn = (steps) => {
  const next = listed[listed.indexOf(rows[state.meme - 1]) + steps];
  if (next) open(next);
};
const IN_DETAIL = {
  j: () => turn(1), ArrowRight: () => turn(1), k: () => turn(-1), ArrowLeft: () => turn(-1),
  b: () => toggle(rows[state.meme - 1]),
};

function action(event) {
  const { key, target } = event;
  if (find("#detail").open) return IN_DETAIL[key];
  if (find("#keys").open || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (target.matches("input:not([type=checkbox], [type=range]), select")) return null;
  if (key === "Enter" && target.matches(".card")) return () => open(target.row);
  return (target.closest(".card") && IN_GALLERY[key]) || ANYWHERE[key];
}

function press(event) {
  const does = action(event);
  if (!does) return;
  event.preventDefault();
  does();
}
