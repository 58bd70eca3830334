"use strict";
// The page says everything without this script, which adds the search, the filters and the counts that follow them, the
// clicks on the map, the table and the downloads. The form is the state: it is what the address holds after the #.

const form = document.getElementById("State");
const options = [...form.querySelectorAll("input[type=checkbox]")];
const facets = [...new Set(options.map((option) => option.name))];
const aliases = new Map(options.map(({ name, value, dataset }) => [`${name} ${value}`, dataset.words]));
const shapes = [...document.querySelectorAll(".map [class^=m-]")];
const defaults = new FormData(form);
const results = document.getElementById("Results");
const MAP_LEVELS = 4;
const SEARCHED = /^(id|.*title|acronym|.*_names.*|lead|partners|associates|funders|programme|(summ|benef).*)$/;

// --- Text

/** Text without accents and case, as the words of it between spaces. */
function fold(text) {
  const plain = text.replaceAll("’", "'").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");
  return plain.match(/[\p{L}\p{N}_]+/gu) ?? [];
}

// --- The projects: their tags stand in the page, all else that the script needs is packed at its end

const projects = [...document.querySelectorAll(".card")].map((card) => ({
  card,
  tags: Object.fromEntries(facets.map((facet) => [facet, card.dataset[facet]?.split(" ") ?? []])),
}));

const unpacked = (async () => {
  const bytes = Uint8Array.from(atob(document.getElementById("Data").textContent), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const [names, ...rows] = await new Response(stream).json();
  rows.forEach(([values, twin, acronyms], n) => {
    const record = Object.fromEntries(names.map((name, column) => [name, values[column]]));
    Object.assign(projects[n], { record, twin, acronyms });
  });
  for (const project of projects) project.words = words(project);
})();

/** What is searched of a project, as in `coop search`: its texts and names, and the other words for its tags. */
function words({ record, acronyms, tags }) {
  const texts = Object.keys(record).filter((field) => SEARCHED.test(field)).map((field) => record[field]);
  for (const facet of facets) for (const value of tags[facet]) texts.push(aliases.get(`${facet} ${value}`));
  return ` ${fold([acronyms, ...texts].join(" ")).flatMap(forms).join(" ")} `;
}

/** A word, then the plurals in -i and -e that an Italian one shares with its other forms; an English one without -s. */
function forms(word) {
  if (word.length < 4 || /\d/.test(word)) return [word];
  const bare = word.replace(/s$/, "").replace(/h(?=[ei]$)/, "");
  const plural = bare.replace(/o$/, "i").replace(/a$/, "e");
  return [...new Set([word, plural, plural.replace(/e$/, "i")])];
}

// --- What is chosen, and what it shows

let shown = projects;
let named; // the project that the address names

function update() {
  const chosen = facets.map((facet) => [facet, new Set(new FormData(form).getAll(facet))]).filter(([, set]) => set.size);
  // A word is found by its beginning, its other forms are found whole.
  const wanted = fold(form.elements.q.value).map((word) => forms(word).map((form, n) => ` ${form}${n ? " " : ""}`));
  const counts = new Map();
  shown = [];
  for (const project of projects) {
    const missed = chosen.filter(([facet, set]) => !project.tags[facet].some((value) => set.has(value)));
    const found = wanted.length === 0 || wanted.every((word) => word.some((form) => project.words.includes(form)));
    if (found && missed.length === 0) shown.push(project);
    project.card.hidden = !found || missed.length > 0;
    // An option's count is what choosing it would add: every other filter holds, its own does not.
    if (!found || missed.length > 1) continue;
    for (const facet of missed.length ? [missed[0][0]] : facets)
      for (const value of project.tags[facet]) {
        const key = `${facet} ${value}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
  }
  for (const option of options) {
    const number = counts.get(`${option.name} ${option.value}`) ?? 0;
    const line = option.closest("label");
    line.querySelector("span ~ b").textContent = number;
    if (line.nextElementSibling?.matches("progress")) line.nextElementSibling.value = number;
    line.classList.toggle("none", number === 0);
  }
  colour(counts);
  const said = chosen.map(([facet, set]) => {
    const boxes = options.filter(({ name, value }) => name === facet && set.has(value));
    return `${spoken(boxes[0].closest("fieldset").firstElementChild)}: ${boxes.map(label).join(", ")}`;
  });
  if (wanted.length) said.push(`“${form.elements.q.value}”`);
  document.getElementById("Chosen").textContent = said.join("; ");
  document.getElementById("Shown").textContent = shown.length;
  document.getElementById("Nothing").hidden = shown.length > 0;
  document.getElementById("Reset").hidden = chosen.length === 0 && wanted.length === 0;
  document.getElementById("Filters-count").textContent = chosen.length ? `(${chosen.length})` : "";
  for (const id of ["Csv", "Json"]) document.getElementById(id).disabled = shown.length === 0;
  view();
}

/** The text of an element, or of its half in the chosen language, whether it is drawn or not. */
function spoken(element) {
  return (element.querySelector(`:scope > [lang=${document.documentElement.lang}]`) ?? element).textContent;
}

function label(option) {
  return spoken(option.closest("label").querySelector("span"));
}

function colour(counts) {
  const numbers = shapes.map((shape) => counts.get(`country ${code(shape)}`) ?? 0);
  const most = Math.max(1, ...numbers);
  shapes.forEach((shape, n) => {
    const option = country(shape);
    shape.dataset.level = Math.ceil((MAP_LEVELS * numbers[n]) / most);
    shape.classList.toggle("chosen", option?.checked ?? false);
    if (option) shape.querySelector("title").textContent = `${label(option)} ${numbers[n]}`;
  });
}

function view() {
  const table = form.elements.view.value === "table";
  document.getElementById("Cards").hidden = table;
  document.getElementById("Table").hidden = !table;
  if (table) document.querySelector("#Table tbody").replaceChildren(...shown.map(({ card }) => row(card)));
}

function row(card) {
  const line = document.createElement("tr");
  for (const part of ["h3", ".when", ".where", ".themes"]) {
    const cell = line.appendChild(document.createElement(part === "h3" ? "th" : "td"));
    const content = card.querySelector(part);
    if (content) cell.append(part === ".themes" ? content.cloneNode(true) : copy(content));
  }
  line.firstChild.scope = "row";
  return line;
}

function copy(element) {
  const copied = document.createDocumentFragment();
  copied.append(...element.cloneNode(true).childNodes);
  return copied;
}

// --- The state and the address

function address() {
  const state = [...new FormData(form)].filter(([name, value]) => value && defaults.get(name) !== value);
  if (named) state.push(["project", named.card.id.slice("project-".length)]);
  return `#${new URLSearchParams(state)}`;
}

/** Each step is one to go back to; a word that is typed is one step. */
function remember(typed) {
  const state = address();
  share(state);
  const place = typed && location.hash.includes("q=") ? "replaceState" : "pushState";
  if (state !== `#${location.hash.slice(1)}`)
    history[place](null, "", state === "#" ? location.pathname + location.search : state);
}

/** The state that the address holds: #country=KE&project=bite, or #project-bite alone, as it is without this script. */
async function restore() {
  const hash = location.hash.slice(1);
  const state = new URLSearchParams(hash.replace(/^project-/, "project="));
  form.reset();
  form.elements.q.value = state.get("q") ?? "";
  for (const control of form.elements)
    if (state.getAll(control.name).includes(control.value)) control.checked = true;
  named = projects.find(({ card }) => card.id === `project-${state.get("project")}`);
  await changed();
  unfold();
  share(address());
}

function unfold() {
  if (!named) return;
  if (!shown.includes(named)) clear();
  form.elements.view.value = "cards";
  update();
  named.card.querySelector("details").open = true;
  named.card.scrollIntoView({ behavior: "instant" });
}

function clear() {
  form.elements.q.value = "";
  for (const option of options) option.checked = false;
}

async function changed() {
  if (form.elements.lang.value !== document.documentElement.lang || form.elements.q.value) await unpacked;
  speak(form.elements.lang.value);
  update();
  share(address());
}

function share(state) {
  const link = document.getElementById("Share");
  link.href = state;
  link.hidden = state === "#";
}

function speak(language) {
  if (language === document.documentElement.lang) return;
  document.documentElement.lang = language;
  document.title = document.querySelector("h1").innerText;
  for (const project of projects) {
    const open = project.card.querySelector("details").open;
    const said = project.card.innerHTML;
    project.card.innerHTML = project.twin;
    project.twin = said;
    project.card.querySelector("details").open = open;
  }
}

// --- The map: a click is a click on the filter of that country

function code(shape) {
  return shape.getAttribute("class").slice("m-".length, "m-XX".length);
}

function country(shape) {
  return options.find((option) => option.name === "country" && option.value === code(shape));
}

for (const shape of shapes)
  if (country(shape)) {
    shape.append(document.createElementNS(shape.namespaceURI, "title"));
    shape.addEventListener("click", () => country(shape).click());
  }

// --- Downloads: the fields of `coop export csv`, of the projects that are shown

/** A line of `coop export csv --dialect excel`: semicolons, and nothing that a spreadsheet would run. */
function line(values) {
  const cells = values.map((value) => {
    let text = Array.isArray(value) ? value.join(";") : String(value ?? "");
    if (typeof value === "number") text = text.replace(".", ",");
    const harmless = typeof value !== "number" && /^ *[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
    return /[;"\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  });
  return `${cells.join(";")}\r\n`;
}

function save(text, type, suffix) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = (form.elements.lang.value === "it" ? "progetti" : "projects") + suffix;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

document.getElementById("Csv").addEventListener("click", async () => {
  await unpacked;
  const records = shown.map(({ record }) => record);
  save(`\ufeff${[Object.keys(records[0]), ...records.map(Object.values)].map(line).join("")}`, "text/csv", ".csv");
});

document.getElementById("Json").addEventListener("click", async () => {
  await unpacked;
  save(`[\n${shown.map(({ record }) => JSON.stringify(record)).join(",\n")}\n]\n`, "application/json", ".json");
});

// --- Start

form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("input", ({ target }) => {
  if (target.name !== "lang") named = undefined;
  changed();
  remember(target.name === "q");
});
document.getElementById("Reset").addEventListener("click", () => {
  clear();
  named = undefined;
  changed();
  remember();
  results.focus();
});
// A link inside the page changes only its part of the state.
document.addEventListener("click", (event) => {
  const id = event.target.closest("a")?.getAttribute("href");
  const project = projects.find(({ card }) => `#${card.id}` === id);
  if ((!project && id !== "#Results") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!project) return results.focus();
  named = project;
  unfold();
  remember();
});
// On paper the map is of the projects that are shown.
addEventListener("beforeprint", () => {
  const counts = new Map();
  for (const { tags } of shown)
    for (const value of tags.country) counts.set(`country ${value}`, (counts.get(`country ${value}`) ?? 0) + 1);
  colour(counts);
});
addEventListener("afterprint", update);
addEventListener("hashchange", restore);
document.getElementById("Filters").open = matchMedia("(min-width: 62rem)").matches;
document.documentElement.classList.add("live");
restore();
