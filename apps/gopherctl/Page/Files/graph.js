// The graph: nodes and edges as SVG, the requests as dots on a canvas over it.
import { curve, layout } from "./layout.js";

const NS = "http://www.w3.org/2000/svg", TRAVEL = 950, RIPPLE = 420, MOST_DOTS = 260, FRESH = 1500, NARROW = 860, SHADES = 5;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function svg(name, attributes, text) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

export class Graph {
  #host; #svg; #canvas; #shown = null; #plan = null; #dots = []; #ripples = []; #failing = new Map(); #rate = 0; #every = 1; #carry = 0; #running = false; #key = ""; #boxes = new Map(); #colours; #later; #told;

  /** Draws into a host; tells how many requests a dot stands for. */
  constructor(host, told) {
    this.#host = host;
    this.#svg = host.querySelector("svg");
    this.#canvas = host.querySelector("canvas");
    this.#told = told;
    const resized = new ResizeObserver(() => { if (this.#shown) this.show(this.#shown); this.#resize(); });
    resized.observe(this.#svg);
    resized.observe(host.parentElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (this.#colours = null));
    still.addEventListener("change", () => { this.#dots = []; this.#ripples = []; });
  }

  /** Draws the nodes that have changed again. */
  show(shown) {
    this.#shown = shown;
    // By the room that there is: the graph itself is kept small where it goes from top to bottom.
    const narrow = this.#host.parentElement.clientWidth < NARROW, key = JSON.stringify([shown.versions, shown.pods, narrow]);
    if (key === this.#key) return;
    this.#key = key;
    this.#host.classList.toggle("narrow", narrow);
    const plan = (this.#plan = layout(shown, narrow)), parts = [];
    this.#boxes.clear();
    for (const { from, to, cls, width } of plan.edges) {
      const [x0, y0, ...rest] = curve(plan.places.get(from), plan.places.get(to), narrow);
      parts.push(svg("path", { d: `M${x0} ${y0}C${rest.join(" ")}`, class: `edge ${cls ?? ""}`, "stroke-width": width ?? 1.5 }));
    }
    for (const box of plan.boxes) {
      const rect = svg("rect", { x: box.x, y: box.y, width: box.w, height: box.h, rx: 10, class: `node ${box.cls}` });
      if (box.version) { rect.dataset.version = box.version; this.#boxes.set(box.version, rect); }
      parts.push(rect, svg("text", { x: box.x + 13, y: box.y + 22, class: "name" }, box.title), svg("text", { x: box.x + 13, y: box.y + 39, class: "small" }, box.line));
      if (box.alarm) parts.push(svg("text", { x: box.x + 13, y: box.y + 55, class: "small alarm" }, box.alarm));
      if (box.big) parts.push(svg("text", { x: box.x + box.w - 13, y: box.y + 27, class: `big ${box.cls}` }, box.big));
    }
    for (const { at, text } of plan.labels) parts.push(svg("text", { x: at[0], y: at[1], class: "small" }, text));
    for (const { at, state, title, label, dark } of plan.pods) {
      const dot = svg("circle", { cx: at[0], cy: at[1], r: 5.5, class: `pod ${state}` });
      dot.append(svg("title", {}, `${title}, ${state}`));
      parts.push(dot, svg("text", { x: at[0] + (dark ? 11 : 16), y: at[1] + 4, class: dark ? "" : "small" }, label));
    }
    this.#svg.setAttribute("viewBox", `0 0 ${plan.width} ${plan.height}`);
    this.#svg.replaceChildren(...parts);
    this.#dots = this.#dots.filter(dot => dot.way.every(name => plan.places.has(name)));
    for (const dot of this.#dots) dot.curves = this.#curves(dot.way);
    this.#ripples = [];
    this.#mark();
  }

  /** Lets requests move: [from, to, version, kind, how many], begun within some milliseconds. */
  add(requests, roles, within) {
    if (!this.#plan) return;
    const now = performance.now(), count = requests.reduce((sum, one) => sum + one[4], 0);
    this.#rate += ((count * 1000) / within - this.#rate) * 0.15;
    this.#every = Math.max(1, Math.ceil(this.#rate / MOST_DOTS));
    this.#told(this.#every);
    for (const [from, to, version, kind, number] of requests) {
      if (kind % 2 && version) { this.#failing.set(version, now); this.#mark(); }
      if (still.matches || document.hidden) continue;
      const way = [...(kind > 1 ? [] : ["caller", "gateway", ...(from ? [from] : [])]), ...(version ? ["route", `version ${version}`] : [])].filter(name => this.#plan.places.has(name));
      if (way.length < 2) continue;
      this.#carry += number / this.#every;
      // A failure is rare and must not be lost in the sample.
      const drawn = kind === 1 ? Math.max(1, Math.round(number / this.#every)) : Math.floor(this.#carry);
      this.#carry -= Math.min(this.#carry, drawn);
      const curves = drawn && this.#curves(way);
      for (let dot = 0; dot < Math.min(drawn, 60); dot++) this.#dots.push({ way, curves, to, style: kind % 2 ? 2 : roles.get(version) ? 1 : 0, copy: kind > 1, start: now + Math.random() * within, time: kind > 1 ? TRAVEL * 0.4 : TRAVEL });
    }
    if (this.#dots.length > 1200) this.#dots.splice(0, this.#dots.length - 1200);
    if (!this.#running && this.#dots.length) { this.#running = true; requestAnimationFrame(time => this.#draw(time)); }
  }

  #curves(way) { return way.slice(1).map((name, index) => curve(this.#plan.places.get(way[index]), this.#plan.places.get(name), this.#plan.narrow)); }

  #mark() {
    const now = performance.now();
    for (const [version, rect] of this.#boxes) rect.classList.toggle("failing", now - (this.#failing.get(version) ?? -1e9) < FRESH);
    clearTimeout(this.#later);
    if (this.#svg.querySelector(".failing")) this.#later = setTimeout(() => this.#mark(), FRESH);
  }

  #resize() {
    const box = this.#svg.getBoundingClientRect(), ratio = devicePixelRatio || 1;
    [this.#canvas.width, this.#canvas.height] = [box.width * ratio, box.height * ratio];
    this.#canvas.style.width = `${box.width}px`; this.#canvas.style.height = `${box.height}px`;
  }

  #draw(time) {
    const pen = this.#canvas.getContext("2d"), { width, places } = this.#plan, unit = this.#canvas.width / width;
    if (!this.#colours) { const style = getComputedStyle(document.body); this.#colours = ["--a", "--b", "--bad"].map(name => style.getPropertyValue(name)); }
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    pen.setTransform(unit, 0, 0, unit, 0, 0);
    // One path for all dots that look alike: a path for each would cost several times as much.
    const whole = [new Path2D(), new Path2D(), new Path2D()], hollow = [new Path2D(), new Path2D(), new Path2D()];
    let left = 0;
    for (const dot of this.#dots) {
      const part = (time - dot.start) / dot.time;
      if (part >= 1) {
        const pod = places.get(dot.to);
        if (pod && this.#ripples.length < 120) this.#ripples.push({ at: pod.in, style: dot.style, start: time });
        continue;
      }
      this.#dots[left++] = dot;
      if (part < 0) continue;
      const at = part * dot.curves.length, leg = Math.floor(at), p = dot.curves[leg], u = at - leg, w = 1 - u, a = w * w * w, b = 3 * w * w * u, c = 3 * w * u * u, d = u * u * u;
      const x = a * p[0] + b * p[2] + c * p[4] + d * p[6], y = a * p[1] + b * p[3] + c * p[5] + d * p[7], r = dot.style === 2 ? 5 : 4, path = (dot.copy ? hollow : whole)[dot.style];
      path.moveTo(x + r, y); path.arc(x, y, r, 0, 7);
    }
    this.#dots.length = left;
    whole.forEach((path, style) => { pen.fillStyle = this.#colours[style]; pen.fill(path); });
    pen.setLineDash([2.6, 1.9]); pen.lineWidth = 1.7;
    hollow.forEach((path, style) => { pen.strokeStyle = this.#colours[style]; pen.stroke(path); });
    pen.setLineDash([]);
    this.#ripples = this.#ripples.filter(ripple => time - ripple.start < RIPPLE);
    // In a few shades, each in one path.
    const shades = new Map();
    for (const { at, style, start } of this.#ripples) {
      const part = Math.max(0, (time - start) / RIPPLE), key = Math.floor(part * SHADES) * 3 + style, radius = 6 + 7 * part;
      if (!shades.has(key)) shades.set(key, new Path2D());
      shades.get(key).moveTo(at[0] + radius, at[1]); shades.get(key).arc(at[0], at[1], radius, 0, 7);
    }
    for (const [key, path] of shades) { pen.globalAlpha = 0.7 * (1 - Math.floor(key / 3) / SHADES); pen.strokeStyle = this.#colours[key % 3]; pen.stroke(path); }
    pen.globalAlpha = 1;
    this.#running = left + this.#ripples.length > 0;
    if (this.#running) requestAnimationFrame(next => this.#draw(next));
  }
}
