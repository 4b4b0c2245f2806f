// The graph: nodes and edges as SVG, the requests as dots on a canvas over it. From left to right, or from top to bottom on a small screen.
const NS = "http://www.w3.org/2000/svg", TRAVEL = 950, RIPPLE = 420, MOST_DOTS = 260, FRESH = 1500, NARROW = 640;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export const percent = share => `${+(share * 100).toFixed(1)} %`;

export function svg(name, attributes, text) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

const short = name => name.split("-").slice(-1)[0];

// Where everything stands. A place has the point at which requests come in, and the one at which they go out.
function layout(shown, narrow) {
  const places = new Map(), boxes = [], pods = [], edges = [], labels = [], callers = shown.pods.filter(pod => !pod.version);
  const put = (name, x, y, w, h, box) => {
    places.set(name, narrow ? { in: [x + w / 2, y], out: [x + w / 2, y + h] } : { in: [x, y + h / 2], out: [x + w, y + h / 2] });
    boxes.push({ x, y, w, h, ...box });
  };
  const faulty = shown.versions.some(version => version.fault), head = faulty ? 76 : 60;
  const crowd = Math.max(0, ...shown.versions.map(version => shown.pods.filter(pod => pod.version === version.name).length)) > 12;
  const [across, pitch, row] = crowd ? (narrow ? [6, 26, 22] : [12, 26, 22]) : narrow ? [2, 78, 26] : [4, 80, 28];
  const tall = version => head + Math.max(1, Math.ceil(shown.pods.filter(pod => pod.version === version.name).length / across)) * row;
  const version = (one, x, y, w, h) => {
    const mirror = one.mirror > 0 ? `, copies of ${percent(one.mirror)}` : "";
    put(`version ${one.name}`, x, y, w, h, {
      cls: `v${one.isCanary ? 1 : 0}${one.share > 0 || one.mirror > 0 ? "" : " idle"}`, version: one.name, title: one.name, line: (one.isCanary ? "canary" : "stable") + mirror,
      alarm: one.fault ? `fault ${one.fault}` : "", big: percent(one.share),
    });
    shown.pods.filter(pod => pod.version === one.name).forEach((pod, index) => {
      const at = [x + 22 + (index % across) * pitch, y + head + 8 + Math.floor(index / across) * row];
      places.set(pod.name, { in: at, out: at });
      pods.push({ at, state: pod.state, title: pod.name, label: crowd ? "" : short(pod.name) });
    });
  };
  const caller = (pod, x, y, w, h) => {
    put(pod.name, x, y, w, h, { title: "", line: "", cls: "" });
    pods.push({ at: [x + 17, y + h / 2], state: pod.state, title: pod.name, label: short(pod.name), dark: true });
  };
  let width = 1100, height;
  if (narrow) {
    width = 360;
    put("caller", 120, 2, 120, 46, { title: "caller", line: "curl, browser", cls: "" });
    put("gateway", 120, 82, 120, 46, { title: "gateway", line: "istio-ingress", cls: "" });
    if (callers.length) labels.push({ at: [4, 152], text: "gopher-requester" });
    callers.forEach((pod, index) => caller(pod, 2 + (index % 3) * 121, 164 + Math.floor(index / 3) * 42, 114, 34));
    let y = 164 + Math.ceil(callers.length / 3) * 42 + 30;
    put("route", 120, y, 120, 46, { title: "route", line: "VirtualService", cls: "" });
    y += 82;
    for (let first = 0; first < shown.versions.length; first += 2) {
      const pair = shown.versions.slice(first, first + 2), high = Math.max(...pair.map(tall));
      pair.forEach((one, index) => version(one, 2 + index * 181, y, 175, high));
      y += high + 16;
    }
    height = y - 12;
  } else {
    const step = callers.length > 8 ? 36 : 46, gap = 22, all = shown.versions.reduce((sum, one) => sum + tall(one) + gap, -gap);
    height = Math.max(210, all + 8, callers.length * step + 44);
    const middle = height / 2;
    put("caller", 2, middle - 25, 112, 50, { title: "caller", line: "curl, browser", cls: "" });
    put("gateway", 166, middle - 25, 118, 50, { title: "gateway", line: "istio-ingress", cls: "" });
    const top = middle - (callers.length * step) / 2;
    if (callers.length) labels.push({ at: [340, top - 8], text: "gopher-requester" });
    callers.forEach((pod, index) => caller(pod, 340, top + 5 + index * step, 128, 36));
    put("route", 560, middle - 25, 124, 50, { title: "route", line: "VirtualService", cls: "" });
    let y = (height - all) / 2;
    for (const one of shown.versions) { version(one, 756, y, 342, tall(one)); y += tall(one) + gap; }
  }
  edges.push({ from: "caller", to: "gateway" });
  if (!callers.length) edges.push({ from: "gateway", to: "route" });
  for (const pod of callers) edges.push({ from: "gateway", to: pod.name }, { from: pod.name, to: "route" });
  for (const one of shown.versions) {
    const kind = one.mirror > 0 ? "copied" : one.share > 0 ? `v${one.isCanary ? 1 : 0}` : "idle";
    edges.push({ from: "route", to: `version ${one.name}`, cls: kind, width: Math.max(1.5, 8 * one.share) });
  }
  return { width, height, places, boxes, pods, edges, labels, narrow };
}

// The curve between two places: its four points.
function curve(a, b, narrow) {
  const [[x0, y0], [x1, y1]] = [a.out, b.in];
  return narrow ? [x0, y0, x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, x1, y1] : [x0, y0, (x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1];
}

export class Graph {
  #svg; #canvas; #shown = null; #plan = null; #dots = []; #ripples = []; #failing = new Map(); #rate = 0; #every = 1; #carry = 0; #running = false; #key = ""; #boxes = new Map(); #colours; #later; #told;

  /** Draws into a host; tells how many requests a dot stands for. */
  constructor(host, told) {
    this.#svg = host.querySelector("svg");
    this.#canvas = host.querySelector("canvas");
    this.#told = told;
    new ResizeObserver(() => { if (this.#shown) this.show(this.#shown); this.#resize(); }).observe(this.#svg);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (this.#colours = null));
    still.addEventListener("change", () => { this.#dots = []; this.#ripples = []; });
  }

  /** Draws the nodes anew where they have changed. */
  show(shown) {
    this.#shown = shown;
    const narrow = this.#svg.clientWidth < NARROW, key = JSON.stringify([shown.versions, shown.pods, narrow]);
    if (key === this.#key) return;
    this.#key = key;
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
      parts.push(dot, svg("text", { x: at[0] + 11, y: at[1] + 4, class: dark ? "" : "small" }, label));
    }
    this.#svg.setAttribute("viewBox", `0 0 ${plan.width} ${plan.height}`);
    this.#svg.replaceChildren(...parts);
    for (const dot of this.#dots) dot.gone = !dot.way.every(name => plan.places.has(name));
    this.#dots = this.#dots.filter(dot => !dot.gone);
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
      for (let dot = 0; dot < Math.min(drawn, 60); dot++) this.#dots.push({ way, to, style: kind % 2 ? 2 : roles.get(version) ? 1 : 0, copy: kind > 1, start: now + Math.random() * within, time: kind > 1 ? TRAVEL * 0.4 : TRAVEL });
    }
    if (this.#dots.length > 1200) this.#dots.splice(0, this.#dots.length - 1200);
    if (!this.#running && this.#dots.length) { this.#running = true; requestAnimationFrame(time => this.#draw(time)); }
  }

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
    const pen = this.#canvas.getContext("2d"), { width, places, narrow } = this.#plan, unit = this.#canvas.width / width;
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
      const at = part * (dot.way.length - 1), leg = Math.floor(at), u = at - leg, w = 1 - u, [a, b, c, d] = [w ** 3, 3 * w * w * u, 3 * w * u * u, u ** 3];
      const [x0, y0, x1, y1, x2, y2, x3, y3] = curve(places.get(dot.way[leg]), places.get(dot.way[leg + 1]), narrow);
      const [x, y, r] = [a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3, dot.style === 2 ? 5 : 4], path = (dot.copy ? hollow : whole)[dot.style];
      path.moveTo(x + r, y); path.arc(x, y, r, 0, 7);
    }
    this.#dots.length = left;
    whole.forEach((path, style) => { pen.fillStyle = this.#colours[style]; pen.fill(path); });
    pen.setLineDash([2.6, 1.9]); pen.lineWidth = 1.7;
    hollow.forEach((path, style) => { pen.strokeStyle = this.#colours[style]; pen.stroke(path); });
    pen.setLineDash([]);
    this.#ripples = this.#ripples.filter(ripple => time - ripple.start < RIPPLE);
    for (const { at, style, start } of this.#ripples) {
      const part = (time - start) / RIPPLE;
      pen.globalAlpha = 0.7 * (1 - part); pen.strokeStyle = this.#colours[style];
      pen.beginPath(); pen.arc(at[0], at[1], 6 + 7 * part, 0, 7); pen.stroke();
    }
    pen.globalAlpha = 1;
    this.#running = left + this.#ripples.length > 0;
    if (this.#running) requestAnimationFrame(next => this.#draw(next));
  }
}
