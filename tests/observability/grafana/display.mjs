// Reads panels of the type `stat`, each with its queries' answers; writes what Grafana shows of each: name, text and colour.
import { text } from "node:stream/consumers";
import { applied, frame, grafana, replaceVariables, theme } from "./frames.mjs";

function shown({ panel, answers }) {
  const frames = panel.targets.flatMap((target, index) => answers[index].map((sample) => frame(target, sample.labels, [0], [sample.value])));
  const values = grafana.getFieldDisplayValues({
    data: applied(panel, frames), replaceVariables, theme, fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions,
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
