/** Where a configuration in user data listens, as nginx and HAProxy are told. */
export interface Listener {
  product: "nginx" | "HAProxy";
  port: number;
  /** Whether it speaks TLS: undefined where it passes on what it cannot read. */
  tls: boolean | undefined;
  /** Whether the versions of TLS are said, for it or for all. */
  namesVersions: boolean;
}

/** All listeners in a text, which may be several files in a row. Text of neither product is not searched. */
export function listenersIn(text: string): Listener[] {
  return [...(text.includes("listen") ? ofNginx(text) : []), ...(text.includes("bind") ? ofHaproxy(text) : [])];
}

const says = /^[^\n#]*(?<!_)\bssl_protocols\s/im;

/** What stands outside of all servers, such as in `http`, holds for each; what one server says, for that one only. */
function ofNginx(text: string): Listener[] {
  const { servers, outside } = serversIn(text);
  return [...servers, outside].flatMap((block) => {
    const namesVersions = says.test(block) || says.test(outside);
    const isOn = /^\s*ssl\s+on\s*;/im.test(block);
    const isPassed = /^\s*ssl_preread\s+on\s*;/im.test(block);
    const lines = block.matchAll(/^[^\n#]*?\blisten\s+(?:[^\s;]*:)?(\d+)\b([^;\n]*)/gim);
    return [...lines].map(([, port, words = ""]): Listener => {
      const tls = isOn || /\b(?:ssl|quic)\b/i.test(words);
      return { product: "nginx", port: Number(port), tls: isPassed ? undefined : tls, namesVersions };
    });
  });
}

/** The blocks `server { … }` of a text, and the rest of it. */
function serversIn(text: string): { servers: string[]; outside: string } {
  const servers: string[] = [];
  let outside = "";
  let from = 0;
  for (const { index, 0: head } of text.matchAll(/^[^\n#{}]*\bserver\s*\{/gm)) {
    // Of one in another it has been read already.
    if (index < from) continue;
    const end = endOfBlock(text, index + head.length);
    outside += text.slice(from, index);
    servers.push(text.slice(index, end));
    from = end;
  }
  return { servers, outside: outside + text.slice(from) };
}

function endOfBlock(text: string, start: number): number {
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    else if (text[at] === "}") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

const minimum = /\b(?:ssl-min-ver|force-tlsv1[0-3])\b/i;

/** Versions are said for all in `ssl-default-bind-options`, else at each `bind`. */
function ofHaproxy(text: string): Listener[] {
  const isSaidForAll = [...text.matchAll(/^\s*ssl-default-bind-options\s[^\n]*/gim)].some(([line]) =>
    minimum.test(line),
  );
  const sections = text.split(/^(?=\s*(?:global|defaults|frontend|backend|listen)\b)/im);
  const isTcp = (section: string) => /^\s*mode\s+tcp\b/im.test(section);
  const isTcpByDefault = sections.some((section) => /^\s*defaults\b/i.test(section) && isTcp(section));
  return sections.flatMap((section) => {
    const isPassed = isTcp(section) || (isTcpByDefault && !/^\s*mode\s+http\b/im.test(section));
    return [...section.matchAll(/^\s*bind\s+[^\s#]*:(\d+)\b([^\n#]*)/gim)].map(([, port, words = ""]): Listener => {
      const tls = /\bssl\b/i.test(words) || (isPassed ? undefined : false);
      return { product: "HAProxy", port: Number(port), tls, namesVersions: isSaidForAll || minimum.test(words) };
    });
  });
}
