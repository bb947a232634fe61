import type { LinkReport } from "./report.ts";

/** One flow of a drawing: every one of its sources may open connections to every one of its targets. */
export interface Trunk {
  name: string;
  port: number;
  source: string;
  /** Keys of networks, or `world`. */
  from: string[];
  to: string[];
}

/** Links that are one flow, as few trunks as say exactly the same. */
export function trunksOf(links: readonly LinkReport[]): Trunk[] {
  const flows = Map.groupBy(links, ({ name, port }) => `${name} ${port}`);
  return [...flows.values()].flatMap((flow) => {
    // Sources with the same targets make one trunk.
    const targetsOf = (from: string) => flow.flatMap((link) => (link.from === from ? link.to : []));
    const sources = [...new Set(flow.map(({ from }) => from))];
    return [...Map.groupBy(sources, (from) => targetsOf(from).join(" "))].flatMap(([, from]) => {
      const [first] = from;
      const example = flow.find((link) => link.from === first);
      if (first === undefined || example === undefined) return [];
      const { name, port, source } = example;
      return { name, port, source, from, to: targetsOf(first) };
    });
  });
}
