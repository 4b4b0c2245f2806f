// The figures: shares against what is declared, the last minutes by version, and the evidence of a rollout.
import { svg } from "./graph.js";
import { percent } from "./layout.js";

const KEPT = 300, SHORTEST = 60;
const id = name => document.getElementById(name), number = new Intl.NumberFormat("en-US");
const ms = value => (value === null || value === undefined ? "–" : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`);
const role = version => `c${version.isCanary ? 1 : 0}`;
const clock = at => new Date(at).toLocaleTimeString("en-GB");

export function text(tag, content, cls) {
  const element = document.createElement(tag);
  element.textContent = content;
  if (cls) element.className = cls;
  return element;
}

export function row(cells, cls) {
  const line = document.createElement("tr");
  if (cls) line.className = cls;
  line.append(...cells.map(cell => (cell instanceof Node ? cell : text("td", cell))));
  return line;
}

export class Figures {
  #seconds = [];

  begin(seconds) { this.#seconds = seconds.slice(-KEPT); }

  add(second) {
    this.#seconds.push(second);
    if (this.#seconds.length > KEPT) this.#seconds.shift();
  }

  show(shown) {
    const last = this.#seconds.at(-1);
    if (!last || !shown) return;
    const { versions } = shown;
    this.#callers(shown, last);
    // While a change is applied, routes of the new split are already in force: held against the old one they would look wrong.
    const routed = !shown.applying && versions.every(version => last.versions[version.name]?.share === version.share) ? last.routed : 0;
    id("routed").textContent = routed ? `${number.format(routed)} requests since the split changed` : shown.applying ? "a change is being applied …"
      : Object.values(last.versions).some(of => of.allRequests) ? "no request since the split changed" : shown.can.includes("load") ? "no request yet; choose some under Traffic" : "no request yet";
    id("bars").replaceChildren(...versions.map(version => bar(version, last.versions[version.name], routed)));
    id("versions").replaceChildren(...versions.filter(version => last.versions[version.name]).map(version => {
      const of = last.versions[version.name], recent = this.#seconds.slice(-5), rate = recent.reduce((sum, second) => sum + (second.versions[version.name]?.requests ?? 0), 0) / recent.length;
      const title = text("th", version.name, role(version)), failures = count => text("td", number.format(count), count ? "failed" : "");
      title.scope = "row";
      const line = row([title, rate.toFixed(rate < 10 ? 1 : 0), ms(of.p50), ms(of.p99), number.format(of.allRequests), failures(of.allFailures), number.format(of.allCopies), failures(of.allFailedCopies)]);
      Object.assign(line.dataset, { version: version.name, requests: of.allRequests, failures: of.allFailures, copies: of.allCopies });
      return line;
    }));
    const span = Math.max(SHORTEST, this.#seconds.length);
    id("span").textContent = span < 120 ? `the last ${span} s` : `the last ${Math.round(span / 60)} minutes`;
    this.#chart("chart-rate", versions, span, of => of.requests);
    this.#chart("chart-failures", versions, span, of => of.failures);
    this.#chart("chart-latency", versions, span, of => of.p99, of => of.p50);
  }

  // Where only counters are read, the callers are known by what the versions were asked.
  #callers(shown, last) {
    const all = Object.values(last.versions), sum = value => all.reduce((total, of) => total + value(of), 0);
    const [now, failed, sent, lost] = shown.counted ? [sum(of => of.requests), sum(of => of.failures), sum(of => of.allRequests), sum(of => of.allFailures)] : last.caller;
    const part = (count, words, cls) => { const both = text("span", ""); both.append(text("b", number.format(count), cls), ` ${words}`); return both; };
    id("caller").replaceChildren(part(now, "requests/s"), part(sent, `since ${clock(last.since)}`), part(lost, "failed", lost ? "failed" : ""));
    Object.assign(id("caller").dataset, { requests: sent, failed: lost });
    if (shown.counted || shown.unread) {
      const age = Math.max(0, (last.at - Date.parse(shown.counted)) / 1000).toFixed(1);
      id("source").textContent = !shown.unread ? `${shown.source}, read ${age} s ago` : shown.counted ? `no counters can be read; these figures are ${age} s old` : "no counters could be read yet";
      id("source").className = shown.unread ? "failed" : "";
    }
  }

  // The second value of a version is a dashed line in the same chart.
  #chart(name, versions, span, ...values) {
    const picture = id(name), of = (second, version, value) => value(second.versions[version.name] ?? {}) ?? null;
    const top = round(Math.max(1, ...this.#seconds.flatMap(second => versions.flatMap(version => values.map(value => of(second, version, value) ?? 0)))));
    picture.setAttribute("viewBox", `0 0 ${span} 80`); picture.setAttribute("preserveAspectRatio", "none");
    picture.replaceChildren(...[4, 42].map(y => svg("line", { x1: 0, x2: span, y1: y, y2: y, class: "axis" })), ...versions.flatMap(version => values.flatMap((value, rank) => {
      const points = this.#seconds.map((second, index) => [span - this.#seconds.length + index + 1, of(second, version, value)]).filter(([, now]) => now !== null).map(([x, now]) => [x, (80 - (76 * now) / top).toFixed(1)]);
      if (!points.length) return [];
      const line = points.map(point => point.join()).join(" "), area = svg("polygon", { class: role(version), points: `${points[0][0]},80 ${line} ${points.at(-1)[0]},80` });
      return [...(rank ? [] : [area]), svg("polyline", { class: `${role(version)} rank${rank}`, points: line })];
    })));
    picture.parentElement.querySelector("b").textContent = number.format(top);
  }
}

// A scale that does not jump with each value: 1, 2 or 5 times a power of ten.
function round(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map(step => step * power).find(step => step >= value * 0.999);
}

// Figures of another split than the declared one say nothing about it: until the next second there are none.
function bar(version, of, routed) {
  const line = document.createElement("div"), picture = svg("svg", { viewBox: "0 0 100 22", preserveAspectRatio: "none", "aria-hidden": "true" });
  line.className = "bar";
  const part = count => (routed ? (100 * count) / routed : 0), [low, high, seen] = of ? [part(of.low), part(of.high), part(of.routed)] : [0, 0, 0];
  const isOdd = of && routed > 0 && (of.routed < of.low || of.routed > of.high);
  Object.assign(line.dataset, { version: version.name, declared: version.share * 100, observed: seen, low, high, routed });
  picture.setAttribute("class", isOdd ? "bad" : role(version));
  picture.append(svg("rect", { x: 0, y: 7, width: 100, height: 8, rx: 1, class: "track" }), svg("rect", { x: 0, y: 7, width: seen, height: 8, class: "seen" }));
  if (routed) picture.append(svg("rect", { x: low, y: 2, width: Math.max(0.3, high - low), height: 18, class: "chance" }));
  picture.append(svg("line", { x1: version.share * 100, x2: version.share * 100, y1: 0, y2: 22, class: "declared", "vector-effect": "non-scaling-stroke" }));
  const words = document.createElement("p");
  words.append(`${routed ? "observed, " : ""}${percent(version.share)} declared`);
  if (routed && version.share > 0 && version.share < 1) words.append(`; chance explains ${low.toFixed(1)} to ${high.toFixed(1)} %`);
  if (version.mirror > 0) words.append(`; copies of ${percent(version.mirror)}`);
  if (isOdd) words.append(text("span", " — not as declared", "failed"));
  line.append(text("b", version.name, role(version)), picture, text("strong", routed ? `${seen.toFixed(1)} %` : "–"), words);
  return line;
}

// The stages of a rollout, and how the evidence has grown towards either decision.
export function showRollout(of) {
  id("rollout").hidden = !of;
  if (!of) return;
  id("rollout-title").textContent = `Rollout of ${of.canary}`;
  id("verdict").textContent = of.end ? `${of.end}: ${of.reason}` : of.verdict ? `${of.verdict}: ${of.reason}` : "collecting evidence";
  id("verdict").className = of.end === "promoted" ? "good" : of.end === "taken back" || of.verdict === "take back" ? "failed" : "";
  id("stages").replaceChildren(...of.stages.map((stage, index) => {
    const isNow = index === of.now, lost = of.end === "taken back" && isNow, item = text("li", stage, lost ? "lost" : of.end === "promoted" || index < of.now ? "done" : "");
    if (isNow) item.setAttribute("aria-current", "step");
    return item;
  }));
  id("next").textContent = of.next.join("\n");
  const looks = of.looks, first = looks[0]?.at ?? 0, span = Math.max(10_000, (looks.at(-1)?.at ?? 0) - first), picture = id("evidence");
  const y = value => (112 - 92 * Math.max(-0.08, Math.min(1.18, value))).toFixed(1), x = look => ((1000 * (look.at - first)) / span).toFixed(1);
  picture.setAttribute("viewBox", "0 0 1000 120"); picture.setAttribute("preserveAspectRatio", "none");
  picture.replaceChildren(
    svg("line", { x1: 0, x2: 1000, y1: y(0), y2: y(0), class: "axis" }), svg("line", { x1: 0, x2: 1000, y1: y(1), y2: y(1), class: "limit" }),
    ...looks.filter((look, index) => index && look.stage !== looks[index - 1].stage).map(look => svg("line", { x1: x(look), x2: x(look), y1: 0, y2: 120, class: "axis" })),
    svg("polyline", { class: "good", points: looks.map(look => `${x(look)},${y(look.cleared)}`).join(" ") }),
    svg("polyline", { class: "bad", points: looks.map(look => `${x(look)},${y(look.worse)}`).join(" ") }));
  const latest = looks.at(-1), whole = value => `${Math.round(100 * Math.max(0, Math.min(1, value)))} %`;
  id("cleared").textContent = latest ? whole(latest.cleared) : "–"; id("worse").textContent = latest ? whole(latest.worse) : "–";
  id("looks").textContent = latest ? `${looks.length} looks in ${Math.round((latest.at - first) / 1000)} s` : "no look yet";
}
