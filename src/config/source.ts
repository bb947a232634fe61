import { Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import type { Mistake } from "../kit/errors.ts";

/** One place that configuration comes from. */
export interface Source {
  /** What errors call it: a file's path or a configuration key. */
  label: string;
  tree: unknown;
  /** What is wrong with it as YAML, before anybody asks what it means. */
  mistakes: Mistake[];
  /** How many of the segments it knows, and where the last known one stands. */
  find(segments: readonly string[]): { depth: number; place: string };
}

/**
 * Whether a text is the path of a YAML or JSON file. A path may have spaces in it; one that is YAML itself, such as
 * `key: a.yaml`, is none.
 */
export function namesFile(text: string): boolean {
  const path = text.trim();
  return /^[^\n]+\.(ya?ml|json)$/.test(path) && (/^\S+$/.test(path) || !isMap(parseDocument(path).contents));
}

/** A source from YAML or JSON text. */
export function textSource(label: string, text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const mistakes = document.errors.map(({ message, pos }) => ({
    path: label,
    rule: (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, ""),
    source: `${label}:${lines.linePos(pos[0]).line}`,
  }));
  const placeOf = (node: Node) => (node.range ? `${label}:${lines.linePos(node.range[0]).line}` : label);
  return source(label, document, [...mistakes, ...danglingAliases(label, document, placeOf)], placeOf);
}

/** Aliases of no anchor: the parser does not mind them, only who asks for their value. */
function danglingAliases(label: string, document: Document, placeOf: (node: Node) => string): Mistake[] {
  const mistakes: Mistake[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      const rule = "an alias repeats an anchor, which stands before it";
      mistakes.push({ path: label, value: `*${alias.source}`, rule, source: placeOf(alias) });
    },
  });
  return mistakes;
}

/** A source from a value that somebody else has parsed. */
export function valueSource(label: string, value: unknown): Source {
  return source(label, new Document(value), [], () => label);
}

function source(label: string, document: Document, mistakes: Mistake[], placeOf: (node: Node) => string): Source {
  const find = (segments: readonly string[]) => {
    let place = label;
    let node: unknown = document.contents;
    for (const [depth, segment] of segments.entries()) {
      const next = step(node, segment);
      if (next === undefined) return { depth, place };
      if (next.at !== undefined) place = placeOf(next.at);
      node = next.value;
    }
    return { depth: segments.length, place };
  };
  if (mistakes.length > 0) return { label, tree: undefined, mistakes, find };
  try {
    return { label, tree: document.toJS(), mistakes, find };
  } catch (error) {
    // Aliases of aliases that would come to more than anybody writes.
    const rule = error instanceof Error ? error.message : String(error);
    return { label, tree: undefined, mistakes: [{ path: label, rule }], find };
  }
}

/** The node under a segment: of a map by its key, of a list by its things' key, name or position. */
function step(node: unknown, segment: string): { value: unknown; at: Node | undefined } | undefined {
  if (isMap<Node, Node>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === segment);
    return pair && { value: pair.value, at: pair.key };
  }
  if (!isSeq<Node>(node)) return undefined;
  const item = node.items.find((thing) => isMap(thing) && (thing.get("key") ?? thing.get("name")) === segment);
  const found = item ?? node.items[Number(segment)];
  return found && { value: found, at: found };
}
