// What somebody does: each control shows the lines that do the same on a deployed stack.
import { row } from "./figures.js";

const id = name => document.getElementById(name);
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
let shown = null, dragging = 0, moving = 0, undone = null;

const here = key => shown?.settings.find(setting => setting.key === key)?.here ?? "";
const lines = content => (id("lines").textContent = content);
const config = values => [...Object.entries(values).map(([key, value]) => `pulumi config set ${key} ${value || '""'} --stack ${shown.stack}`), `pulumi up --stack ${shown.stack}`].join("\n");
const weightText = () => (id("weight-text").textContent = here("canaryVersion") ? `${id("weight").value} %` : "no canary");

function options(select, values) {
  if ([...select.options].map(option => option.value).join() === values.join()) return;
  const before = select.value;
  select.replaceChildren(...values.map(value => new Option(value, value)));
  if (values.includes(before)) select.value = before;
}

// A deployed stack has settings for faults; it refuses them beside a canary, and refuses each without a version.
function faultLines(version, fault) {
  const [, kind, number] = /^(errors|slow)=(\d+)/.exec(fault) ?? [];
  if (fault && !kind) return "A deployed stack has no such fault.";
  if (fault && here("canaryVersion")) return "A deployed stack refuses faults while it has a canary.";
  return config({ faultVersion: fault && version, faultAbortPercent: kind === "errors" ? number : "0", faultDelayMs: kind === "slow" ? number : "0", faultLive: `${!!fault}` });
}

/** Brings the controls to what is in force. */
export function showControls(now) {
  if (undone) {
    const taken = now.settings.filter(setting => setting.here !== undone.get(setting.key));
    if (taken.length) { undone = null; shown = now; lines(config(Object.fromEntries(taken.map(setting => [setting.key, setting.here])))); }
  }
  shown = now;
  const can = shown.can.split(", ");
  id("hand").hidden = shown.can === "none";
  for (const part of document.querySelectorAll("[data-can]")) part.hidden = !can.includes(part.dataset.can);
  const canary = here("canaryVersion"), header = here("previewHeader");
  if (performance.now() > dragging) { id("weight").value = here("canaryWeight"); weightText(); }
  id("weight").disabled = !canary;
  options(id("version"), shown.known.filter(name => name !== here("stableVersion")));
  options(id("faulty"), shown.versions.map(version => version.name));
  id("back").disabled = !canary || here("canaryWeight") === "0"; id("promote").disabled = !canary; id("dark").disabled = !id("version").value;
  id("header").hidden = !!header || !can.includes("settings");
  id("send").disabled = !header; id("send").textContent = header ? `Send ${header}: ${canary || here("stableVersion")}` : "Send one request";
  if (document.activeElement !== id("load")) id("load").value = `${shown.load}`;
  id("abort").disabled = !!shown.rollout?.end;
  id("settings").replaceChildren(...shown.settings.map(setting => row([setting.key, setting.file || '""', setting.here || '""'], setting.file === setting.here ? "" : "changed")));
  id("undo").disabled = !shown.undoable; id("reset").disabled = shown.settings.every(setting => setting.file === setting.here);
  if (!id("lines").textContent && can.includes("settings")) lines(config({ canaryVersion: canary, canaryWeight: here("canaryWeight") }));
  id("same").hidden = !id("lines").textContent;
}

/** Nothing can be done any more. */
export const endControls = ended => (id("controls").disabled = ended);

async function post(path, body) {
  id("said").className = "";
  try {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", "X-Page-Token": token }, body: JSON.stringify(body) }), said = await answer.json();
    id("said").textContent = said.said ?? said.refused ?? "";
    id("said").className = answer.ok ? "" : "refused";
    if (!answer.ok && shown) { dragging = 0; showControls(shown); }
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

// While the slider moves, only where it comes to rest is set.
const move = () => post("settings", { values: { canaryWeight: id("weight").value } });
id("weight").addEventListener("input", () => {
  dragging = performance.now() + 1500;
  weightText(); lines(config({ canaryWeight: id("weight").value }));
  clearTimeout(moving); moving = setTimeout(move, 150);
});
id("weight").addEventListener("focus", () => lines(config({ canaryWeight: id("weight").value })));
id("send").addEventListener("click", () => {
  const version = here("canaryVersion") || here("stableVersion");
  lines(`curl -H '${here("previewHeader")}: ${version}' "$(pulumi stack output url --stack ${shown.stack})"`);
  post("preview", { version });
});
id("load").addEventListener("change", () => {
  if (+id("load").value) lines(`./gopherctl watch "$(pulumi stack output url --stack ${shown.stack})" --rate ${id("load").value}`);
  post("load", { rate: +id("load").value });
});
id("break").addEventListener("click", () => {
  const [version, fault] = [id("faulty").value, id("fault").value];
  lines(faultLines(version, fault));
  post("fault", { version, fault: fault || null });
});
id("abort").addEventListener("click", () => { lines(`./gopherctl rollout --stack ${shown.stack} --abort`); id("same").hidden = false; post("abort", {}); });
for (const [button, all] of [["undo", false], ["reset", true]]) id(button).addEventListener("click", () => {
  undone = new Map(shown.settings.map(setting => [setting.key, setting.here]));
  post("undo", { all });
});
id("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(id("lines").textContent);
  id("copy").textContent = "Copied";
  setTimeout(() => (id("copy").textContent = "Copy"), 1500);
});
