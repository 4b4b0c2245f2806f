// The page: hears what the server tells, and says when it hears nothing.
import { Graph, svg } from "./graph.js";
import { Figures, row, showRollout, text } from "./figures.js";
import { endControls, showControls } from "./hand.js";

const LATE = 3500;
const id = name => document.getElementById(name);
const graph = new Graph(id("graph"), every => (id("scale").textContent = every > 1 ? `one dot: ${every} requests` : "")), figures = new Figures();
let shown = null, source = null, heard = 0, ended = false, roles = new Map(), podTraffic = new Map(), moved = new Map(), ways = new Map();

function connect() {
  source?.close();
  source = new EventSource("events");
  const on = (name, take) => source.addEventListener(name, event => { heard = performance.now(); take(JSON.parse(event.data)); live(); });
  on("shown", data => { ended = false; shown = data; roles = new Map(data.versions.map(version => [version.name, version.isCanary])); show(); });
  on("seconds", data => { figures.begin(data); figures.show(shown); });
  on("second", data => { figures.add(data); figures.show(shown); traffic(); });
  // Counters are read twice a second; requests that are reported come twenty times a second.
  on("requests", data => { graph.add(data, roles, shown?.counted ? 500 : 50); note(data); });
  on("ended", () => { ended = true; source.close(); });
  source.onerror = () => live();
}

function live() {
  const silent = performance.now() - heard, is = !ended && source?.readyState === 1 && heard > 0 && silent <= LATE;
  const words = is ? "live" : ended ? `${shown?.rollout ? "the rollout" : "the rehearsal"} has ended; this is its last state` : heard ? `not live: heard last ${Math.round(silent / 1000)} s ago, connecting again …` : "connecting …";
  if (id("live").textContent !== words) id("live").textContent = words;
  id("live").dataset.live = is ? "yes" : ended ? "ended" : "no";
  endControls(ended);
}

// A browser gives up after some errors; this does not. After the end, another run may serve at the same address.
setInterval(() => {
  live();
  const silent = performance.now() - heard;
  if ((source.readyState === 2 && (!ended || silent > 2 * LATE)) || (silent > 2 * LATE && source.readyState === 1)) connect();
}, 1000);

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
  showControls(shown);
  showRollout(shown.rollout);
  figures.show(shown);
}

function pods() {
  id("pods").hidden = !shown.pods.length;
  id("podrows").replaceChildren(...shown.pods.map(pod => {
    const state = text("td", ""), mark = svg("svg", { width: 10, height: 10, "aria-hidden": "true" });
    mark.append(svg("circle", { cx: 5, cy: 5, r: 4.5, class: `pod ${pod.state}` }));
    state.append(mark, ` ${pod.state}`);
    return row([pod.name, pod.version ?? "", state, `${podTraffic.get(pod.name)?.[0] ?? 0}`, `${pod.restarts}`]);
  }));
}

// What moved in this second, for the pods and for who cannot see the graph.
function note(requests) {
  const count = (map, key, at, number) => map.set(key, (map.get(key) ?? [0, 0, 0]).map((before, index) => before + (index === at ? number : 0)));
  for (const [from, to, version, kind, number] of requests) {
    const way = JSON.stringify([from, version]);
    count(ways, way, kind > 1 ? 1 : 0, number);
    if (kind % 2) count(ways, way, 2, number);
    if (to) count(moved, to, 0, number);
    if (from && kind < 2) count(moved, from, 0, number);
  }
}

function traffic() {
  podTraffic = moved;
  id("ways").replaceChildren(...[...ways].sort().map(([way, counts]) => row([...JSON.parse(way).map(part => part || "none"), ...counts.map(String)])));
  [moved, ways] = [new Map(), new Map()];
  if (shown) pods();
}

connect();
