// Reads a JSON list of queries; writes those that the grammar of Prometheus' query language refuses, each with the place of the first error.
import { parser } from "@prometheus-io/lezer-promql";
import { text } from "node:stream/consumers";

const promql = parser.configure({ top: "PromQL" });

function fault(query) {
  let at = -1;
  promql.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError && at < 0) {
        at = node.from;
      }
    },
  });
  return at;
}

const queries = JSON.parse(await text(process.stdin));
const refused = queries.map((query) => ({ query, at: fault(query) })).filter(({ at }) => at >= 0);
console.log(JSON.stringify(refused.map(({ query, at }) => `character ${at}: ${query}`)));
