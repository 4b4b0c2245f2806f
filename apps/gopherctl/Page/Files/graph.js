// The graph: the nodes and edges as SVG, the requests as dots on a canvas over it.
const NS = "http://www.w3.org/2000/svg", WIDTH = 1100, TRAVEL = 950, MOST_DOTS = 260, FRESH = 1500;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function svg(name, attributes, text) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

const short = name => name.split("-").slice(-1)[0];

export class Graph {
  #svg; #canvas; #places = new Map(); #edges = new Map(); #dots = []; #failing = new Map(); #rate = 0; #every = 1; #carry = 0; #running = false; #key = ""; #boxes = new Map(); #height = 300; #colours;

  constructor(host, scale) {
    this.#svg = host.querySelector("svg");
    this.#canvas = host.querySelector("canvas");
    this.scale = scale;
    new ResizeObserver(() => this.#resize()).observe(this.#svg);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (this.#colours = null));
  }

  /** Draws the nodes anew where they have changed. */
  show(shown) {
    const key = JSON.stringify([shown.versions, shown.pods, shown.address]);
    if (key === this.#key) return;
    this.#key = key;
    const callers = shown.pods.filter(pod => !pod.version), rows = version => Math.max(1, Math.ceil(shown.pods.filter(pod => pod.version === version.name).length / 4));
    const tall = shown.versions.map(version => 62 + rows(version) * 32), height = Math.max(190, tall.reduce((sum, one) => sum + one + 24, 0) + 8, callers.length * 44 + 60);
    this.#height = height;
    const middle = height / 2, parts = [], edges = [];
    this.#places.clear(); this.#edges.clear(); this.#boxes.clear();
    const place = (name, x, y, half = 0) => this.#places.set(name, { x, y, left: x - half, right: x + half });
    const box = (x, y, width, high, title, line, extra = "") => {
      const rect = svg("rect", { x, y, width, height: high, rx: 9, class: `node ${extra}` });
      parts.push(rect, svg("text", { x: x + 13, y: y + 21, class: "name" }, title), svg("text", { x: x + 13, y: y + 37, class: "small" }, line));
      return rect;
    };
    const edge = (name, from, to, cls, width) => {
      const [a, b] = [this.#places.get(from), this.#places.get(to)], half = (a.right + b.left) / 2;
      const path = svg("path", { d: `M${a.right} ${a.y}C${half} ${a.y} ${half} ${b.y} ${b.left} ${b.y}`, class: `edge ${cls}`, "stroke-width": width });
      edges.push(path); this.#edges.set(name, path);
    };
    place("caller", 60, middle, 52); place("gateway", 218, middle, 52); place("route", 632, middle, 60);
    box(8, middle - 24, 104, 48, "caller", "curl, browser"); box(166, middle - 24, 104, 48, "gateway", "istio-ingress");
    edge("in", "caller", "gateway", "", 2);
    const top = middle - callers.length * 22;
    parts.push(svg("text", { x: 338, y: Math.max(14, top - 8), class: "small" }, "gopher-requester"));
    callers.forEach((pod, index) => {
      place(pod.name, 400, top + 22 + index * 44, 62);
      parts.push(svg("rect", { x: 338, y: top + 5 + index * 44, width: 124, height: 34, rx: 9, class: "node" }), svg("circle", { cx: 354, cy: top + 22 + index * 44, r: 5, class: `pod ${pod.state}` }), svg("text", { x: 366, y: top + 26 + index * 44 }, short(pod.name)));
      edge(`g ${pod.name}`, "gateway", pod.name, "", 1.5); edge(`r ${pod.name}`, pod.name, "route", "", 1.5);
    });
    box(572, middle - 24, 120, 48, "route", "VirtualService");
    let y = (height - tall.reduce((sum, one) => sum + one, 0) - 24 * (tall.length - 1)) / 2;
    shown.versions.forEach((version, index) => {
      const pods = shown.pods.filter(pod => pod.version === version.name);
      place(`version ${version.name}`, 790, y + tall[index] / 2);
      const words = version.mirror > 0 ? `gets a copy of ${percent(version.mirror)}` : `answers ${percent(version.share)}`;
      this.#boxes.set(version.name, box(790, y, 302, tall[index], version.name, `${version.isCanary ? "canary" : "stable"}, ${words}${version.fault ? `, fault ${version.fault}` : ""}`, version.isCanary ? "v1" : "v0"));
      pods.forEach((pod, at) => {
        const [x, row] = [810 + (at % 4) * 70, y + 62 + Math.floor(at / 4) * 32];
        place(pod.name, x, row);
        parts.push(svg("circle", { cx: x, cy: row, r: 6, class: `pod ${pod.state}` }), svg("text", { x: x + 10, y: row + 4, class: "small" }, short(pod.name)));
      });
      const both = version.share > 0 || version.mirror > 0;
      edge(`v ${version.name}`, "route", `version ${version.name}`, version.mirror > 0 ? "copied" : both ? "" : "idle", Math.max(1.5, 9 * (version.share || version.mirror * .25)));
      y += tall[index] + 24;
    });
    this.#svg.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
    this.#svg.replaceChildren(...edges, ...parts);
    this.#mark();
  }

  /** Lets requests move: [from, to, version, kind, how many]. */
  add(requests, versions) {
    const now = performance.now(), count = requests.reduce((sum, one) => sum + one[4], 0);
    this.#rate += (count * 10 - this.#rate) * .15;
    this.#every = Math.max(1, Math.ceil(this.#rate / MOST_DOTS));
    this.scale(this.#every);
    for (const [from, to, version, kind, number] of requests) {
      if (kind === 1 && version) { this.#failing.set(version, now); this.#mark(); }
      if (still.matches || document.hidden) continue;
      const way = (kind > 1 ? ["route"] : ["caller", "gateway", ...(from ? [from, "route"] : [])]).concat(version ? [`version ${version}`, ...(to ? [to] : [])] : []).map(name => this.#places.get(name)).filter(Boolean);
      if (way.length < 2) continue;
      this.#carry += number / this.#every;
      // A failure is rare and must not be lost in the sample.
      const drawn = kind === 1 ? Math.max(1, Math.round(number / this.#every)) : Math.floor(this.#carry);
      this.#carry -= Math.min(this.#carry, drawn);
      for (let dot = 0; dot < Math.min(drawn, 40); dot++) this.#dots.push({ way, kind, canary: versions.get(version), start: now + Math.random() * 100, time: kind > 1 ? TRAVEL * .45 : TRAVEL });
    }
    if (this.#dots.length > 1200) this.#dots.splice(0, this.#dots.length - 1200);
    if (!this.#running && this.#dots.length) { this.#running = true; requestAnimationFrame(time => this.#draw(time)); }
  }

  isFailing(version) { return performance.now() - (this.#failing.get(version) ?? -1e9) < FRESH; }

  #mark() {
    for (const [version, rect] of this.#boxes) rect.classList.toggle("failing", this.isFailing(version));
    clearTimeout(this.later);
    if ([...this.#boxes.keys()].some(version => this.isFailing(version))) this.later = setTimeout(() => this.#mark(), FRESH);
  }

  #resize() {
    const box = this.#svg.getBoundingClientRect(), ratio = devicePixelRatio || 1;
    [this.#canvas.width, this.#canvas.height] = [box.width * ratio, box.height * ratio];
    this.#canvas.style.width = `${box.width}px`; this.#canvas.style.height = `${box.height}px`;
  }

  #draw(time) {
    const pen = this.#canvas.getContext("2d"), unit = this.#canvas.width / WIDTH;
    if (!this.#colours) { const style = getComputedStyle(document.body); this.#colours = ["--a", "--b", "--bad"].map(name => style.getPropertyValue(name)); }
    pen.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    let left = 0;
    for (const dot of this.#dots) {
      const part = (time - dot.start) / dot.time;
      if (part >= 1) continue;
      this.#dots[left++] = dot;
      if (part < 0) continue;
      const at = part * (dot.way.length - 1), leg = Math.floor(at), u = at - leg, w = 1 - u, a = dot.way[leg], b = dot.way[leg + 1], half = (a.right + b.left) / 2;
      const x = (w ** 3 * a.right + 3 * w * u * half + u ** 3 * b.left) * unit, y = ((w ** 3 + 3 * w * w * u) * a.y + (u ** 3 + 3 * w * u * u) * b.y) * unit;
      const colour = this.#colours[dot.kind % 2 ? 2 : dot.canary ? 1 : 0];
      pen.beginPath(); pen.arc(x, y, (dot.kind === 1 ? 5 : 4) * unit, 0, 7);
      if (dot.kind > 1) { pen.setLineDash([2.5 * unit, 2 * unit]); pen.lineWidth = 1.7 * unit; pen.strokeStyle = colour; pen.stroke(); } else { pen.fillStyle = colour; pen.fill(); }
    }
    this.#dots.length = left;
    this.#running = left > 0;
    if (this.#running) requestAnimationFrame(next => this.#draw(next));
  }
}

export const percent = share => `${+(share * 100).toFixed(1)} %`;
