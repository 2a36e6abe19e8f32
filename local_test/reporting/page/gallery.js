// The gallery: which memes stand in it, in which order, and the window of it that is drawn.
// However many memes there are, only the cards near the screen exist, and cost anything.

const PITCH = 414; // pixels from one line of cards to the next, as page.css has them
const AHEAD = 900; // pixels above and below the screen that are drawn too
const FEWEST = 12; // cards that are drawn wherever the screen is

let active = null; // the row that keys speak to
let listed = [];
let drawn = new Map(); // the card of each row that has one, in order
let isPrinting = false;

function list() {
  const wanted = chosen();
  if (wanted.length !== listed.length || wanted.some((row, n) => row !== listed[n])) {
    listed = wanted;
    drawn = new Map();
    find("#cards").replaceChildren();
  }
  if (!listed.includes(active)) activate(listed[0]);
  present();
  find("#empty").hidden = wanted.length > 0;
  find("#count").textContent = `${wanted.length} of ${rows.length} memes`;
  find("#clear").hidden = !(state.q || state.verdict || state.language);
}

// Draws the lines of cards that are near the screen; padding stands in for the others.
function present() {
  const grid = find("#cards");
  const across = columns();
  const lines = Math.ceil(listed.length / across);
  const { from, to } = isPrinting ? { from: 0, to: lines } : near(grid, lines, Math.ceil(FEWEST / across));
  stand(listed.slice(from * across, to * across), from * across);
  grid.style.paddingTop = `${from * PITCH}px`;
  grid.style.paddingBottom = `${(lines - to) * PITCH}px`;
}

// Lines `from` up to `to` of all `lines`: those near the screen, and `fewest` at least.
function near(grid, lines, fewest) {
  const { top } = grid.getBoundingClientRect();
  const from = Math.max(0, Math.min(Math.floor((-top - AHEAD) / PITCH), lines - fewest));
  const last = Math.ceil((innerHeight - top + AHEAD) / PITCH);
  return { from, to: Math.min(lines, Math.max(last, from + fewest)) };
}

// Exactly the cards of `near` in the gallery; those that stood there stay, and keep their focus.
function stand(near, start) {
  const before = drawn;
  drawn = new Map(near.map((row, n) => [row, before.get(row) ?? cardOf(row, start + n)]));
  for (const [row, card] of before) if (!drawn.has(row)) card.remove();
  let next = find("#cards").firstChild;
  for (const card of drawn.values()) {
    if (card === next) next = next.nextSibling;
    else find("#cards").insertBefore(card, next);
  }
}

function activate(row) {
  const before = active;
  active = row ?? null;
  for (const one of [before, active]) if (drawn.has(one)) describe(drawn.get(one));
}

// `steps` memes on from the active one, and the focus there.
function walk(steps) {
  const next = Math.min(Math.max(listed.indexOf(active) + steps, 0), listed.length - 1);
  if (next >= 0) arrive(listed[next]);
}

function arrive(row) {
  activate(row);
  if (!drawn.has(row)) bring(row);
  drawn.get(row).focus({ preventScroll: true });
  drawn.get(row).scrollIntoView({ block: "nearest" });
}

// Scrolls to where the card of `row` belongs, and draws what is there.
function bring(row) {
  const line = Math.floor(listed.indexOf(row) / columns());
  scrollBy(0, find("#cards").getBoundingClientRect().top + line * PITCH - innerHeight / 3);
  present();
}

// How many cards stand side by side.
const columns = () =>
  getComputedStyle(find("#cards")).gridTemplateColumns.split(" ").length;

// Takes a change of what is chosen to everything that shows it.
function choose(change, isJump = false) {
  Object.assign(state, change);
  writeAddress();
  show();
  if (isJump) go("memes");
}

function show() {
  showThreshold();
  for (const key of ["sort", "verdict", "language"]) find(`#${key}`).value = state[key];
  if (find("#search").value !== state.q) find("#search").value = state.q;
  for (const card of drawn.values()) dress(card);
  list();
}

function go(id) {
  find(`#${id}`).scrollIntoView();
  find(`#${id}`).focus({ preventScroll: true });
}
