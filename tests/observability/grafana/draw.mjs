// Reads where a Prometheus is, and from when to when (seconds since 1970); writes a page with its size, and what its panels show.
//
// Draws the dashboard "Gopher rollout" over what a Prometheus has recorded: the panels' own queries, Grafana's names, units and colours
// (@grafana/data), and lines by the library that Grafana draws them with (uPlot). The pods' and the services' rows are left out: a
// rehearsal has no metrics for them.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { applied, frame, grafana, replaceVariables, theme } from "./frames.mjs";

const { prometheus, start, end } = JSON.parse(await text(process.stdin));
const step = Math.max(1, Math.round((end - start) / 300));
const left = "The pods";
const columns = 24;
const unit = { width: 60, height: 30 }; // pixels of a cell of the dashboard's grid

const file = (path) => readFile(new URL(path, import.meta.url), "utf8");
const { title: name, panels, annotations } = JSON.parse(await file("../../../observability/dashboards/gopher-rollout.json"));
const variables = { $__rate_interval: "30s", $namespace: "gophers", $service: "gopher-distributor" };
const resolved = (query) => Object.entries(variables).reduce((text, [variable, value]) => text.replaceAll(variable, value), query);

async function asked(path, parameters) {
  const answer = await (await fetch(new URL(`api/v1/${path}?${new URLSearchParams(parameters)}`, prometheus))).json();
  if (answer.status !== "success") {
    throw new Error(`${parameters.query}: ${answer.error}`);
  }
  return answer.data.result;
}

const ranges = (query) => asked("query_range", { query: resolved(query), start, end, step });
const numbers = (samples) => samples.map(([, value]) => Number(value));
const times = (samples) => samples.map(([time]) => time * 1000);

/** A value by its time, on the axis that all panels have; null where a series has none. */
function onAxis(axis, field, at) {
  const byTime = new Map(at.values.map((time, index) => [Math.round(time / 1000), field.values[index]]));
  return axis.map((time) => byTime.get(time) ?? null);
}

async function framesOf(panel) {
  const frames = await Promise.all(panel.targets.map(async (target) =>
    (await ranges(target.expr)).map(({ metric, values }) => frame(target, metric, times(values), numbers(values)))));
  const fields = applied(panel, frames.flat());
  grafana.cacheFieldDisplayNames(fields); // colours go by names
  return fields;
}

const axis = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);

async function lines(panel) {
  const frames = await framesOf(panel);
  return {
    kind: "lines",
    unit: panel.fieldConfig.defaults.unit,
    range: [panel.fieldConfig.defaults.min ?? null, panel.fieldConfig.defaults.max ?? null],
    series: frames.map(({ fields: [at, field] }) => ({
      name: field.config.displayNameFromDS,
      colour: grafana.getFieldSeriesColor(field, theme).color,
      width: field.config.custom?.lineWidth ?? 1,
      fill: (field.config.custom?.fillOpacity ?? 0) / 100,
      dash: field.config.custom?.lineStyle?.dash ?? [],
      values: onAxis(axis, field, at),
      last: grafana.formattedValueToString(field.display(field.values.findLast(Number.isFinite))),
    })),
  };
}

async function stat(panel) {
  const frames = await Promise.all(panel.targets.map(async (target) =>
    (await asked("query", { query: resolved(target.expr), time: end })).map(({ metric, value }) => frame(target, metric, [end * 1000], [Number(value[1])]))));
  const values = grafana.getFieldDisplayValues({
    data: applied(panel, frames.flat()), replaceVariables, theme, fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions,
  });
  return { kind: "numbers", numbers: values.map(({ display }) => ({ name: display.title ?? "", text: grafana.formattedValueToString(display), colour: display.color })) };
}

/** Alerts: for each, when it fired. */
async function timeline(panel) {
  const frames = await framesOf(panel);
  return {
    kind: "rows",
    empty: panel.fieldConfig.defaults.noValue,
    rows: frames.map(({ fields: [at, field] }) => ({ name: field.config.displayNameFromDS, values: onAxis(axis, field, at), colour: theme.visualization.getColorByName("red") })),
  };
}

/** Buckets of a histogram, each less what the one below it counts. */
async function heatmap(panel) {
  const series = (await Promise.all(panel.targets.map((target) => ranges(target.expr)))).flat()
    .map(({ metric, values }) => ({ bound: Number(metric.le.replace("+Inf", "Infinity")), values: new Map(values.map(([time, value]) => [time, Number(value)])) }))
    .sort((one, other) => one.bound - other.bound);
  const cells = series.map(({ bound, values }, index) => ({
    name: Number.isFinite(bound) ? grafana.formattedValueToString(grafana.getValueFormat(panel.options.yAxis.unit)(bound)) : "longer",
    values: axis.map((time) => Math.max(0, (values.get(time) ?? 0) - (series[index - 1]?.values.get(time) ?? 0))),
  }));
  const used = cells.map((row, index) => (row.values.some((value) => value > 0.001) ? index : -1)).filter((index) => index >= 0);
  const rows = used.length === 0 ? [] : cells.slice(Math.max(0, used[0] - 1), used.at(-1) + 2);
  return { kind: "heat", rows: rows.toReversed(), most: Math.max(...rows.flatMap((row) => row.values)) };
}

const drawing = { timeseries: lines, stat, "state-timeline": timeline, heatmap };
const shown = panels.slice(0, panels.findIndex((panel) => panel.title === left));
const drawn = await Promise.all(shown.map(async (panel) => ({
  title: panel.title, at: panel.gridPos, ...(panel.type === "row" ? { kind: "row" } : await drawing[panel.type](panel)),
})));
const marks = (await Promise.all(annotations.list.map(async ({ expr, iconColor }) =>
  (await ranges(expr)).flatMap(({ values }) => values)
    .map(([time]) => time)
    .filter((time, index, all) => time - (all[index - 1] ?? 0) > step * 1.5)
    .map((time) => ({ time, colour: theme.visualization.getColorByName(iconColor) }))))).flat();

// In the browser.
function paint({ drawn, marks, axis, unit, colours }) {
  const element = (parent, tag, style, text = "") => parent.appendChild(Object.assign(document.createElement(tag), { style, textContent: text }));
  const units = {
    percentunit: (value) => `${Math.round(value * 100)} %`, reqps: (value) => `${value} req/s`, ms: (value) => `${value} ms`, s: (value) => `${value} s`, short: String,
  };
  const labels = 130;

  function lines(panel, body, width, height) {
    const legend = panel.series.length === 0 ? 0 : 26;
    const plotted = {
      width, height: height - legend, legend: { show: false }, cursor: { show: false },
      scales: { x: { range: [axis[0], axis.at(-1)] }, y: { range: (_, low, high) => [panel.range[0] ?? Math.min(0, low ?? 0), panel.range[1] ?? Math.max((high ?? 0) * 1.1, 0.01)] } },
      axes: [
        { stroke: colours.text, grid: { stroke: colours.line, width: 1 }, ticks: { show: false } },
        { stroke: colours.text, grid: { stroke: colours.line, width: 1 }, ticks: { show: false }, size: 80, values: (_, values) => values.map(units[panel.unit] ?? String) },
      ],
      series: [{}, ...panel.series.map(({ name, colour, width, fill, dash }) => ({
        label: name, stroke: colour, width, dash, points: { show: false }, fill: fill > 0 ? `${colour}${Math.round(fill * 255).toString(16).padStart(2, "0")}` : undefined,
      }))],
      hooks: { draw: [(plot) => marks.forEach(({ time, colour }) => {
        const x = plot.valToPos(time, "x", true);
        Object.assign(plot.ctx, { strokeStyle: colour, lineWidth: 1 });
        plot.ctx.setLineDash([4, 4]);
        plot.ctx.beginPath();
        plot.ctx.moveTo(x, plot.bbox.top);
        plot.ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
        plot.ctx.stroke();
        plot.ctx.setLineDash([]);
      })] },
    };
    if (panel.series.length === 0) {
      return element(body, "div", `color:${colours.weak};text-align:center;padding-top:${height / 2 - 20}px`, "No data");
    }
    new uPlot(plotted, [axis, ...panel.series.map((series) => series.values)], body);
    const below = element(body, "div", "display:flex;gap:18px;padding-left:80px;font-size:12px");
    for (const { name, colour, dash, last } of panel.series) {
      const entry = element(below, "span", "");
      element(entry, "span", `display:inline-block;width:16px;border-top:3px ${dash.length ? "dashed" : "solid"} ${colour};margin:0 6px 3px 0`);
      element(entry, "span", "", `${name}  ${last}`);
    }
  }

  function numbers(panel, body, width, height) {
    const row = element(body, "div", `display:flex;justify-content:space-around;align-items:center;height:${height}px`);
    for (const { name, text, colour } of panel.numbers) {
      const cell = element(row, "div", "text-align:center");
      element(cell, "div", "font-size:13px", name);
      element(cell, "div", `font-size:30px;font-weight:500;color:${colour}`, text);
    }
  }

  // Rows of cells; strength is between 0 and 1.
  function cells(rows, body, width, height, colour, strength) {
    const each = Math.min(28, height / rows.length);
    const canvas = Object.assign(element(body, "canvas", "display:block"), { width, height });
    const ink = canvas.getContext("2d");
    const cell = (width - labels - 10) / axis.length;
    ink.font = "12px sans-serif";
    rows.forEach(({ name, values }, index) => {
      ink.globalAlpha = 1;
      ink.fillStyle = colours.text;
      ink.textAlign = "right";
      if (each >= 12 || index % 2 === 0) {
        ink.fillText(name.length > 22 ? `${name.slice(0, 21)}…` : name, labels - 8, index * each + each / 2 + 4);
      }
      ink.fillStyle = colour;
      values.forEach((value, at) => {
        ink.globalAlpha = strength(value);
        ink.fillRect(labels + at * cell, index * each + 1, cell + 0.6, each - 2);
      });
    });
  }

  const kinds = {
    lines, numbers,
    rows: (panel, body, width, height) => panel.rows.length
      ? cells(panel.rows, body, width, height, panel.rows[0].colour, (value) => (value === null ? 0 : 0.7))
      : element(body, "div", `color:${colours.weak};text-align:center;padding-top:${height / 2 - 12}px`, panel.empty),
    heat: (panel, body, width, height) => panel.rows.length
      ? cells(panel.rows, body, width, height, colours.heat, (value) => Math.sqrt(value / panel.most))
      : element(body, "div", `color:${colours.weak};text-align:center;padding-top:${height / 2 - 12}px`, "No data"),
  };

  for (const panel of drawn) {
    const [width, height] = [panel.at.w * unit.width, panel.at.h * unit.height];
    const box = element(document.body, "div", `position:absolute;left:${panel.at.x * unit.width}px;top:${panel.at.y * unit.height + 50}px;width:${width}px;height:${height}px;box-sizing:border-box;padding:3px`);
    if (panel.kind === "row") {
      element(box, "div", "font-weight:500;padding:4px 6px", `▾ ${panel.title}`);
      continue;
    }
    const inner = element(box, "div", `background:${colours.panel};border:1px solid ${colours.line};border-radius:3px;height:100%;box-sizing:border-box;overflow:hidden`);
    element(inner, "div", "font-weight:500;padding:6px 8px;height:16px", panel.title);
    kinds[panel.kind](panel, element(inner, "div", ""), width - 12, height - 40);
  }
}

const plots = createRequire(import.meta.url).resolve("uplot/dist/uPlot.iife.min.js");
const palette = theme.colors;
const colours = { text: palette.text.primary, weak: palette.text.secondary, line: palette.border.weak, panel: palette.background.primary, heat: theme.visualization.getColorByName("orange") };
const [width, height] = [columns * unit.width, Math.max(...shown.map(({ gridPos }) => gridPos.y + gridPos.h)) * unit.height + 60];
const html = `<!doctype html><meta charset="utf-8"><title>${name}</title>
<style>${await file("node_modules/uplot/dist/uPlot.min.css")}
body { margin: 0; width: ${width}px; height: ${height}px; background: ${palette.background.canvas}; color: ${palette.text.primary}; font: 14px sans-serif }</style>
<div style="font-size:18px;font-weight:500;padding:14px 10px">${name}</div>
<script>${await readFile(plots, "utf8")}</script>
<script>(${paint})(${JSON.stringify({ drawn, marks, axis, unit, colours }).replaceAll("<", "\\u003c")})</script>`;
console.log(JSON.stringify({ html, width, height, panels: drawn }));
