/** The little of GitHub's and GitLab's APIs that is needed to keep one comment or issue up to date. */

export interface Forge {
  /** Sends a request. @throws where it is refused: with the place and the status, never with the token */
  send(method: string, path: string, body?: unknown): Promise<unknown>;
  /** All pages of a list. */
  list(path: string): Promise<Item[]>;
}

export type Item = Readonly<Record<string, unknown>>;

const pageSize = 100;
/** More pages than any pull request has. */
const mostPages = 50;
const timeoutMs = 30_000;

/** @param headers the token, in the platform's own way */
export function forgeAt(apiUrl: string, headers: Readonly<Record<string, string>>): Forge {
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${apiUrl.replace(/\/$/, "")}/${path}`, {
      method,
      headers: { ...headers, "content-type": "application/json", "user-agent": "strata" },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path.split("?")[0]} was answered with ${answer.status}`);
    return answer.status === 204 ? undefined : await answer.json();
  };
  const list = async (path: string): Promise<Item[]> => {
    const items: Item[] = [];
    for (let page = 1; page <= mostPages; page += 1) {
      const part = await send("GET", `${path}${path.includes("?") ? "&" : "?"}per_page=${pageSize}&page=${page}`);
      if (!Array.isArray(part)) throw new Error(`GET ${path.split("?")[0]} gave no list`);
      items.push(...part);
      if (part.length < pageSize) return items;
    }
    return items;
  };
  return { send, list };
}
