import type { IncomingMessage } from "node:http";

/** Largest form body: user data is at most 1 MiB before encoding. */
const bodyLimit = 4 * 1024 * 1024;

/** The parameters of a request by name as sent: the query (its last value wins), then the form (its first value wins). */
export async function readParameters(request: IncomingMessage): Promise<Map<string, string>> {
  const query = request.url?.split("?", 2)[1] ?? "";
  const parameters = new Map(decodePairs(query));
  if (request.method !== "POST") return parameters;
  for (const [name, value] of decodePairs(await readBody(request)).reverse()) parameters.set(name, value);
  return parameters;
}

/** The body as text. @throws when it is larger than anything the API takes. */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > bodyLimit) request.destroy(new Error("the request's body is too large"));
      else chunks.push(chunk);
    });
    request.once("end", () =>
      resolve((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString("utf8") ?? ""),
    );
    request.once("error", reject);
  });
}

function decodePairs(text: string): [string, string][] {
  return text
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [decode(pair), ""] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
    });
}

function decode(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
