// Reads panels of the type `stat`, each with its queries' answers; writes what Grafana shows of each: name, text and colour.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

// The package needs this property of a browser.
globalThis.navigator ??= { language: "en", languages: ["en"] };

// Not with `import`: the package's modules use names that Node does not find in a dependency.
const { FieldType, Registry, createTheme, getFieldDisplayValues, applyFieldOverrides, renderLegendFormat, toDataFrame } =
  createRequire(import.meta.url)("@grafana/data");

// The options of a field that the dashboards set; Grafana itself registers them in its frontend.
const options = ["unit", "decimals", "noValue", "color", "thresholds", "mappings", "min", "max"];
const registry = new Registry(() =>
  options.map((id) => ({ id, path: id, name: id, process: (value) => value, shouldApply: () => true })),
);
const theme = createTheme();
const replaceVariables = (value) => value;

function frame(target, sample) {
  const name = renderLegendFormat(target.legendFormat, sample.labels);
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: "Time", type: FieldType.time, values: [0] },
      { name: "Value", type: FieldType.number, labels: sample.labels, values: [sample.value], config: { displayNameFromDS: name } },
    ],
  });
}

function shown({ panel, answers }) {
  const frames = panel.targets.flatMap((target, index) => answers[index].map((sample) => frame(target, sample)));
  const data = applyFieldOverrides({ data: frames, fieldConfig: panel.fieldConfig, fieldConfigRegistry: registry, replaceVariables, theme });
  const values = getFieldDisplayValues({
    data, replaceVariables, theme, fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions,
  });
  return values.map(({ display }) => ({
    name: display.title ?? "",
    text: `${display.prefix ?? ""}${display.text}${display.suffix ?? ""}`,
    colour: Object.keys(named).find((name) => named[name] === display.color) ?? display.color,
  }));
}

const named = Object.fromEntries(
  ["text", "green", "red", "orange", "blue", "purple", "yellow"].map((name) => [name, theme.visualization.getColorByName(name)]),
);
console.log(JSON.stringify(JSON.parse(await text(process.stdin)).map(shown)));
