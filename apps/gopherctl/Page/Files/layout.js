// Where everything in the graph stands: from left to right, or from top to bottom on a small screen.
export const percent = share => `${+(share * 100).toFixed(1)} %`;

const short = name => name.split("-").slice(-1)[0];

// A place has the point at which requests come in, and the one at which they go out.
export function layout(shown, narrow) {
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
    if (callers.length) labels.push({ at: [4, 136], text: "gopher-requester" });
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
export function curve(a, b, narrow) {
  const [[x0, y0], [x1, y1]] = [a.out, b.in];
  return narrow ? [x0, y0, x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, x1, y1] : [x0, y0, (x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1];
}
