import { Graph, percent, svg } from "./graph.js";

const id = name => document.getElementById(name), number = new Intl.NumberFormat("en-US");
const KEPT = 300, LATE = 3500;
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
const graph = new Graph(id("graph"), every => (id("scale").textContent = every > 1 ? `; a dot stands for ${every}` : ""));
let shown = null, seconds = [], source = null, heard = 0, roles = new Map(), podTraffic = new Map(), ways = new Map(), dragging = 0;

// --- what the server tells -------------------------------------------------------------------------------------------------

function connect() {
  source?.close();
  source = new EventSource("events");
  const on = (name, take) => source.addEventListener(name, event => { heard = performance.now(); take(JSON.parse(event.data)); live(); });
  on("shown", data => { shown = data; roles = new Map(data.versions.map(version => [version.name, version.isCanary])); show(); });
  on("seconds", data => { seconds = data.slice(-KEPT); figures(); });
  on("second", data => { seconds.push(data); if (seconds.length > KEPT) seconds.shift(); figures(); traffic(); });
  on("requests", data => { graph.add(data, roles); note(data); });
  source.onerror = () => live();
}

function live() {
  const late = performance.now() - heard > LATE, is = source?.readyState === 1 && heard > 0 && !late;
  const text = is ? "live" : heard ? `not live: heard last ${Math.round((performance.now() - heard) / 1000)} s ago, connecting again …` : "connecting …";
  if (id("live").textContent !== text) id("live").textContent = text;
  id("live").dataset.live = is ? "yes" : "no";
  document.body.classList.toggle("stale", !is);
}

// A browser gives up after some errors; this does not.
setInterval(() => {
  live();
  if (source.readyState === 2 || (performance.now() - heard > 2 * LATE && source.readyState !== 0)) connect();
}, 1000);

// --- drawing -----------------------------------------------------------------------------------------------------------------

function text(tag, content, cls) {
  const element = document.createElement(tag);
  element.textContent = content;
  if (cls) element.className = cls;
  return element;
}

function row(cells, cls) {
  const line = document.createElement("tr");
  if (cls) line.className = cls;
  line.append(...cells.map(cell => (cell instanceof Node ? cell : text("td", cell))));
  return line;
}

function show() {
  document.title = `gopher-mesh ${shown.stack}`;
  id("stack").textContent = shown.stack;
  id("source").textContent = `${shown.source}${shown.address ? `, gateway ${shown.address}` : ""}`;
  graph.show(shown);
  pods();
  id("log").replaceChildren(...[...shown.changes].reverse().map(change => {
    const line = document.createElement("li"), at = text("time", new Date(change.at).toLocaleTimeString("en-GB"));
    at.dateTime = change.at;
    line.append(at, text("span", change.kind, `kind ${change.kind}`), text("span", change.text));
    return line;
  }));
  controls();
  rollout();
  figures();
}

function pods() {
  id("podrows").replaceChildren(...shown.pods.map(pod => {
    const state = text("td", "");
    const mark = svg("svg", { width: 10, height: 10, "aria-hidden": "true" });
    mark.append(svg("circle", { cx: 5, cy: 5, r: 4.5, class: `pod ${pod.state}` }));
    state.append(mark, ` ${pod.state}`);
    return row([pod.name, pod.version ?? "", state, `${podTraffic.get(pod.name) ?? 0}`, `${pod.restarts}`]);
  }));
}

// What moved in this second, for the pods and for who cannot see the graph.
function note(requests) {
  for (const [from, to, version, kind, count] of requests) {
    const key = JSON.stringify([from, to, version]), way = ways.get(key) ?? [0, 0, 0];
    way[kind > 1 ? 1 : 0] += count;
    if (kind % 2) way[2] += count;
    ways.set(key, way);
  }
}

function traffic() {
  podTraffic = new Map();
  for (const [key, [sent, copies]] of ways) {
    const [from, to] = JSON.parse(key);
    podTraffic.set(to, (podTraffic.get(to) ?? 0) + sent + copies);
    podTraffic.set(from, (podTraffic.get(from) ?? 0) + sent);
  }
  id("ways").replaceChildren(...[...ways].map(([key, counts]) => row([...JSON.parse(key).map(part => part || "none"), ...counts.map(String)])));
  ways = new Map();
  if (shown) pods();
}

function figures() {
  const last = seconds.at(-1);
  if (!last || !shown) return;
  const [now, failed, all, allFailed] = last.caller;
  id("caller").textContent = `callers: ${number.format(now)} requests/s; ${number.format(all)} since ${new Date(last.since).toLocaleTimeString("en-GB")}, ${number.format(allFailed)} failed`;
  id("caller").dataset.requests = all; id("caller").dataset.failed = allFailed;
  id("caller").className = failed ? "failed" : "";
  id("routed").textContent = last.routed ? `of the last ${number.format(last.routed)} requests since the split changed` : "no request since the split changed";
  const names = shown.versions.map(version => version.name);
  id("bars").replaceChildren(...shown.versions.map(version => bar(version, last)));
  id("versions").replaceChildren(...names.filter(name => last.versions[name]).map(name => {
    const of = last.versions[name], recent = seconds.slice(-5), rate = recent.reduce((sum, second) => sum + (second.versions[name]?.requests ?? 0), 0) / recent.length;
    const title = text("th", name, `c${roles.get(name) ? 1 : 0}`);
    title.scope = "row";
    const line = row([title, rate.toFixed(rate < 10 ? 1 : 0), ms(of.p50), ms(of.p99), number.format(of.allRequests), text("td", number.format(of.allFailures), of.allFailures ? "failed" : ""), number.format(of.allCopies)]);
    line.dataset.version = name;
    return line;
  }));
  chart("chart-rate", names, of => of.requests); chart("chart-failures", names, of => of.failures); chart("chart-latency", names, of => of.p99);
}

const ms = value => (value === null || value === undefined ? "–" : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`);

function bar(version, last) {
  const of = last.versions[version.name], line = document.createElement("div"), picture = svg("svg", { viewBox: "0 0 100 22", preserveAspectRatio: "none", "aria-hidden": "true" });
  line.className = "bar";
  line.dataset.version = version.name;
  const part = count => (last.routed ? (100 * count) / last.routed : 0), [low, high, seen] = of ? [part(of.low), part(of.high), part(of.routed)] : [0, 0, 0];
  const isOdd = of && last.routed > 0 && (of.routed < of.low || of.routed > of.high);
  picture.setAttribute("class", isOdd ? "bad" : `c${version.isCanary ? 1 : 0}`);
  picture.append(svg("rect", { x: 0, y: 7, width: 100, height: 8, rx: 1, class: "track" }), svg("rect", { x: 0, y: 7, width: seen, height: 8, class: "seen" }));
  if (last.routed) picture.append(svg("rect", { x: low, y: 3, width: Math.max(.3, high - low), height: 16, class: "chance" }));
  picture.append(svg("line", { x1: version.share * 100, x2: version.share * 100, y1: 0, y2: 22, class: "declared", "vector-effect": "non-scaling-stroke" }));
  const words = document.createElement("p");
  words.append(text("strong", last.routed ? `${seen.toFixed(1)} %` : "–"), ` observed, ${percent(version.share)} declared`);
  if (last.routed && version.share > 0 && version.share < 1) words.append(`; chance explains ${low.toFixed(1)} to ${high.toFixed(1)} %`);
  if (version.mirror > 0) words.append(`; copies of ${percent(version.mirror)}`);
  if (isOdd) words.append(text("span", " — not as declared", "failed"));
  line.append(text("b", version.name, `c${version.isCanary ? 1 : 0}`), picture, words);
  return line;
}

function chart(name, names, value) {
  const picture = id(name), most = Math.max(1, ...seconds.flatMap(second => names.map(version => value(second.versions[version] ?? {}) ?? 0)));
  picture.setAttribute("viewBox", `0 0 ${KEPT} 74`); picture.setAttribute("preserveAspectRatio", "none");
  picture.replaceChildren(svg("line", { x1: 0, x2: KEPT, y1: 14, y2: 14, class: "axis" }), ...names.map(version => svg("polyline", {
    class: `c${roles.get(version) ? 1 : 0}`,
    points: seconds.map((second, index) => [second, KEPT - seconds.length + index]).filter(([second]) => (value(second.versions[version] ?? {}) ?? null) !== null).map(([second, x]) => `${x},${(73 - 59 * value(second.versions[version]) / most).toFixed(1)}`).join(" "),
  })));
  picture.previousElementSibling.textContent = `${picture.previousElementSibling.textContent.split(" · ")[0]} · top line ${number.format(Math.round(most * 10) / 10)}`;
}

// --- a rollout -----------------------------------------------------------------------------------------------------------------

function rollout() {
  const of = shown.rollout;
  id("rollout").hidden = !of;
  if (!of) return;
  id("rollout-title").textContent = `Rollout of ${of.canary}`;
  id("verdict").textContent = of.end ? `${of.end}: ${of.reason}` : of.verdict ? `${of.verdict}: ${of.reason}` : "collecting evidence";
  id("verdict").className = of.end === "promoted" ? "good" : of.end === "taken back" ? "failed" : "";
  id("stages").replaceChildren(...of.stages.map((stage, index) => {
    const lost = of.end === "taken back" && index === of.now, item = text("li", stage, lost ? "lost" : index < of.now || of.end === "promoted" ? "done" : "");
    if (index === of.now && !lost) item.setAttribute("aria-current", "step");
    return item;
  }));
  id("next").textContent = of.next.join("\n");
  const looks = of.looks, first = looks[0]?.at ?? 0, span = Math.max(10_000, (looks.at(-1)?.at ?? 0) - first), picture = id("evidence");
  const y = value => (114 - 92 * Math.max(-.12, Math.min(1.15, value))).toFixed(1), x = look => (1000 * (look.at - first) / span).toFixed(1);
  picture.setAttribute("viewBox", "0 0 1000 120"); picture.setAttribute("preserveAspectRatio", "none");
  picture.replaceChildren(
    svg("line", { x1: 0, x2: 1000, y1: y(0), y2: y(0), class: "axis" }), svg("line", { x1: 0, x2: 1000, y1: y(1), y2: y(1), class: "limit" }),
    ...looks.filter((look, index) => index && look.stage !== looks[index - 1].stage).map(look => svg("line", { x1: x(look), x2: x(look), y1: 0, y2: 120, class: "axis" })),
    svg("polyline", { class: "good", points: looks.map(look => `${x(look)},${y(look.cleared)}`).join(" ") }),
    svg("polyline", { class: "bad", points: looks.map(look => `${x(look)},${y(look.worse)}`).join(" ") }));
  const latest = looks.at(-1), whole = value => `${Math.round(100 * Math.max(0, Math.min(1, value)))} %`;
  id("cleared").textContent = latest ? whole(latest.cleared) : ""; id("worse").textContent = latest ? whole(latest.worse) : "";
}

// --- what somebody does ----------------------------------------------------------------------------------------------------------

const here = key => shown.settings.find(setting => setting.key === key)?.here ?? "";
const can = name => shown.can.split(", ").includes(name);

function options(select, values) {
  if ([...select.options].map(option => option.value).join() === values.join()) return;
  const before = select.value;
  select.replaceChildren(...values.map(value => new Option(value, value)));
  if (values.includes(before)) select.value = before;
}

function controls() {
  id("hand").hidden = shown.can === "none";
  for (const part of document.querySelectorAll("[data-can]")) part.hidden = !can(part.dataset.can);
  const canary = here("canaryVersion"), header = here("previewHeader");
  if (performance.now() > dragging) { id("weight").value = here("canaryWeight"); weightText(); }
  id("weight").disabled = !canary;
  options(id("version"), shown.known.filter(name => name !== here("stableVersion")));
  options(id("faulty"), shown.versions.map(version => version.name));
  id("back").disabled = !canary || here("canaryWeight") === "0"; id("promote").disabled = !canary; id("dark").disabled = !id("version").value;
  id("header").disabled = !!header;
  id("send").disabled = !header; id("send").textContent = header ? `Send ${header}: ${canary || here("stableVersion")}` : "Send one request";
  if (document.activeElement !== id("load")) id("load").value = `${shown.load}`;
  id("settings").replaceChildren(...shown.settings.map(setting => row([setting.key, setting.file || '""', setting.here || '""'], setting.file === setting.here ? "" : "changed")));
  id("reset").disabled = id("undo").disabled = shown.settings.every(setting => setting.file === setting.here);
}

const weightText = () => (id("weight-text").textContent = here("canaryVersion") ? `${id("weight").value} %` : "no canary");
const config = values => [...Object.entries(values).map(([key, value]) => `pulumi config set ${key} ${value || '""'} --stack ${shown.stack}`), `pulumi up --stack ${shown.stack}`].join("\n");
const lines = content => (id("lines").textContent = content);

async function post(path, body) {
  id("said").className = "";
  try {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", "X-Page-Token": token }, body: JSON.stringify(body) }), said = await answer.json();
    id("said").textContent = said.said ?? said.refused ?? "";
    id("said").className = answer.ok ? "" : "refused";
  } catch {
    id("said").textContent = "The command does not answer; nothing was changed.";
    id("said").className = "refused";
  }
}

// A button that sets values, and shows the lines for a deployed stack before it is pressed.
function sets(button, values) {
  const tell = () => shown && lines(config(values()));
  for (const event of ["focus", "pointerenter"]) id(button).addEventListener(event, tell);
  id(button).addEventListener("click", () => { tell(); post("settings", { values: values() }); });
}

sets("dark", () => ({ canaryVersion: id("version").value, canaryWeight: "0" }));
sets("back", () => ({ canaryWeight: "0" }));
sets("promote", () => ({ stableVersion: here("canaryVersion"), canaryVersion: "", canaryWeight: "0" }));
sets("header", () => ({ previewHeader: "x-gopher-version" }));
let moving = 0;
const move = () => { clearTimeout(moving); post("settings", { values: { canaryWeight: id("weight").value } }); };
id("weight").addEventListener("input", () => { dragging = performance.now() + 1500; weightText(); lines(config({ canaryWeight: id("weight").value })); clearTimeout(moving); moving = setTimeout(move, 250); });
id("weight").addEventListener("focus", () => lines(config({ canaryWeight: id("weight").value })));
id("send").addEventListener("click", () => { const version = here("canaryVersion") || here("stableVersion"); lines(`curl -H '${here("previewHeader")}: ${version}' "$(pulumi stack output url --stack ${shown.stack})"`); post("preview", { version }); });
id("load").addEventListener("change", () => post("load", { rate: +id("load").value }));
id("break").addEventListener("click", () => { lines(id("fault").value ? `./gopherctl rollout ${id("faulty").value} --rehearse --fault ${id("fault").value}\n(a rehearsal alone; a deployed stack has no such line)` : ""); post("fault", { version: id("faulty").value, fault: id("fault").value || null }); });
id("abort").addEventListener("click", () => { lines(`./gopherctl rollout --stack ${shown.stack} --abort`); post("abort", {}); });
id("undo").addEventListener("click", () => post("undo", { all: false }));
id("reset").addEventListener("click", () => post("undo", { all: true }));
id("copy").addEventListener("click", async () => { await navigator.clipboard.writeText(id("lines").textContent); id("copy").textContent = "Copied"; setTimeout(() => (id("copy").textContent = "Copy"), 1500); });

connect();
