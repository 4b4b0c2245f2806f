// What a panel's queries answer, as Grafana has it: fields with names, units and colours.
import { createRequire } from "node:module";

// The package needs this property of a browser.
globalThis.navigator ??= { language: "en", languages: ["en"] };

// Not with `import`: the package's modules use names that Node does not find in a dependency.
export const grafana = createRequire(import.meta.url)("@grafana/data");

const { FieldType, Registry, createTheme, applyFieldOverrides, renderLegendFormat, toDataFrame } = grafana;

// The options of a field that the dashboards set; Grafana itself registers them in its frontend.
const options = ["unit", "decimals", "noValue", "color", "thresholds", "mappings", "min", "max"];
const custom = ["lineWidth", "fillOpacity", "lineStyle", "showPoints", "stacking", "scaleDistribution", "drawStyle", "spanNulls"];
const option = (id, path) => ({ id, path, name: id, process: (value) => value, shouldApply: () => true });
const registry = new Registry(() => [
  ...options.map((id) => option(id, id)),
  ...custom.map((id) => ({ ...option(`custom.${id}`, id), isCustom: true })),
]);

export const theme = createTheme();
export const replaceVariables = (value) => value;

/** A series of a query's answer: times in milliseconds since 1970, and a value for each. */
export function frame(target, labels, times, values) {
  const name = renderLegendFormat(target.legendFormat, labels);
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: "Time", type: FieldType.time, values: times },
      { name: "Value", type: FieldType.number, labels, values, config: { displayNameFromDS: name } },
    ],
  });
}

/** The frames with what the panel says of its fields. */
export const applied = (panel, frames) =>
  applyFieldOverrides({ data: frames, fieldConfig: panel.fieldConfig, fieldConfigRegistry: registry, replaceVariables, theme });
