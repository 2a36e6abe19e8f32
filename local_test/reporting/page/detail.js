// One meme, whole: every word and number that is known of it.

function open(row) {
  state.meme = row.number + 1;
  writeAddress();
  fillDetail(row);
  if (!find("#detail").open) find("#detail").showModal();
  find("#detail").scrollTop = 0;
}

function closed() {
  const row = rows[state.meme - 1];
  state.meme = 0;
  writeAddress();
  if (listed.includes(row)) arrive(row);
}

function fillDetail(row) {
  const label = row.label === null ? "unknown" : row.label ? "harmful" : "benign";
  const facts = [["Label", label], ["Language", row.language], ["Verdict at the time", row.called ? "harmful" : "benign"],
    ["Fallback", row.fallback]].filter(([, value]) => value);
  const heading = make("h2", { id: "detail-title" }, `Meme ${row.number + 1}`);
  const focused = document.activeElement?.dataset?.keep;
  find("#detail").replaceChildren(
    make("div.line", {}, heading, badge(row), make("span.grow"),
      step("Previous", -1, row), step("Next", 1, row), keep(Object.assign(button("Close", () => find("#detail").close()), { autofocus: true }))),
    make("div.whole", {}, picture(row), make("div", {},
      make("div.line", {}, make("strong.large", {}, fixed(row.proba, 4)),
        make("span.quiet", {}, `threshold ${fixed(state.t)}`)),
      gauge(row.proba),
      make("dl.facts", {}, ...facts.flatMap(([name, value]) => [make("dt", {}, name), foreign("dd", value)])),
      make("h3", {}, "Text"), foreign("p.said", words(row, row.text, "no text read")),
      make("h3", {}, "Caption"), foreign("p.said", words(row, row.caption, "no caption")),
      parts("Answers by view", Object.entries(row.views), (value) => fixed(value, 4), (value) => bar(value, value > state.t ? ".hot" : "")),
      parts("Seconds by stage", Object.entries(row.seconds), seconds, (value, all) => bar(value / all)),
      make("h3", {}, "Path"), foreign("p.said.path", row.path))));
  if (focused) find(`[data-keep="${focused}"]`)?.focus();
}

function parts(title, entries, shown, drawn) {
  if (!entries.length) return "";
  const all = entries.reduce((sum, [, value]) => sum + value, 0) || 1;
  return make("div", {}, make("h3", {}, title), table("", ["", "", ""],
    entries.map(([name, value]) => [foreign("bdi", name), shown(value), drawn(value, all)])));
}

// A button whose focus survives that the dialog is filled again.
function keep(element) {
  element.dataset.keep = element.textContent;
  return element;
}

function step(text, steps, row) {
  const next = listed[listed.indexOf(row) + steps];
  return keep(Object.assign(button(text, () => open(next)), { disabled: !next || !listed.includes(row) }));
}
