import { createHmac } from "node:crypto";

/** Apache CloudStack checks HMAC-SHA1, ABLESTACK Mold HMAC-SHA256; neither accepts the other's. */
export type SignatureAlgorithm = "sha1" | "sha256";

export interface Keys {
  apiKey: string;
  secretKey: string;
}

/** How long a signed request stays valid. The server may cap it at 15 minutes (`enforce.post.requests.and.timestamps`). */
const VALID_FOR_MS = 10 * 60 * 1000;

/**
 * The form body of a signed request: signature version 3 with an expiry, so that a recorded request cannot be replayed later.
 * Source: CloudStack `ApiServer.verifyRequest`.
 */
export function signedBody(
  parameters: Record<string, string>,
  keys: Keys,
  algorithm: SignatureAlgorithm,
  now: number = Date.now(),
): string {
  const all: Record<string, string> = {
    ...parameters,
    response: "json",
    apiKey: keys.apiKey,
    signatureVersion: "3",
    expires: new Date(now + VALID_FOR_MS).toISOString().replace(/\.\d+Z$/, "+0000"),
  };
  // The server sorts raw names in UTF-16 order, encodes only the values and lower-cases the whole string.
  const names = Object.keys(all).sort();
  const toSign = names.map((name) => `${name}=${encode(all[name] ?? "")}`).join("&");
  const signature = createHmac(algorithm, keys.secretKey).update(toSign.toLowerCase()).digest("base64");
  const body = names.map((name) => `${encode(name)}=${encode(all[name] ?? "")}`);
  return [...body, `signature=${encode(signature)}`].join("&");
}

/** Java's URLEncoder leaves `A-Za-z0-9.-*_` bare; JavaScript's also leaves `! ~ ' ( )`. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(/[!~'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
