/** An element of a page, as far as tests ask. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  /** Of the element itself, without that of its children. */
  text: string;
}

/** Parses a page that claims to be well-formed XML. Throws where it is not: unbalanced tags, bare `&`, unquoted values. */
export function parseXml(page: string): Element {
  const root: Element = { name: "#root", attributes: {}, children: [], text: "" };
  const open = [root];
  const tokens = /<!DOCTYPE html>|<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)|(<)/g;
  for (const [token, closing, name = "", attributes = "", empty, text, stray] of page.matchAll(tokens)) {
    const current = open.at(-1);
    if (current === undefined || stray !== undefined) throw new Error(`no markup near ${near(page, token)}`);
    if (text !== undefined) current.text += entitiesOf(text, current.name);
    else if (closing === "/") {
      if (current.name !== name) throw new Error(`</${name}> closes <${current.name}>`);
      open.pop();
    } else if (name !== "") {
      const element: Element = { name, attributes: attributesOf(attributes), children: [], text: "" };
      current.children.push(element);
      if (empty !== "/") open.push(element);
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name}> is never closed`);
  return root;
}

export function all(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)]);
}

/** Everything that can be read in it. */
export function textOf(element: Element): string {
  return [element.text, ...element.children.map(textOf)].join(" ");
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w:-]+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, entitiesOf(value, name)]));
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function entitiesOf(text: string, where: string): string {
  return text.replace(/&([^;\s]*)(;?)/g, (all, name: string, end: string) => {
    const character = entities[name];
    if (character === undefined || end === "") throw new Error(`"${all}" in ${where} is no entity`);
    return character;
  });
}

function near(page: string, token: string): string {
  const at = page.indexOf(token);
  return JSON.stringify(page.slice(Math.max(0, at - 40), at + 40));
}
