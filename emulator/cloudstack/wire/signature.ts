import { createHmac, timingSafeEqual } from "node:crypto";

/** Apache CloudStack signs with SHA-1, ABLESTACK Mold with SHA-256. */
export type SignatureAlgorithm = "sha1" | "sha256";

/**
 * Whether `signature` is the caller's, as `ApiServer.verifyRequest` checks it: all parameters but the signature, sorted by
 * raw name, joined as `name=encoded value`, the whole lower-cased, HMAC with the secret key, Base64. Compared in constant time.
 */
export function isSignedBy(
  parameters: ReadonlyMap<string, string>,
  signature: string,
  secretKey: string,
  algorithms: readonly SignatureAlgorithm[],
): boolean {
  const text = canonicalText(parameters);
  return algorithms.some((algorithm) => {
    const expected = createHmac(algorithm, secretKey).update(text).digest();
    const given = Buffer.from(signature, "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function canonicalText(parameters: ReadonlyMap<string, string>): string {
  const names = [...parameters.keys()].filter((name) => name.toLowerCase() !== "signature").sort();
  return names
    .map((name) => `${name}=${javaEncode(parameters.get(name) ?? "")}`)
    .join("&")
    .toLowerCase();
}

/** Java's URLEncoder with `+` as `%20`: besides letters and digits only `.-*_` stay bare. */
function javaEncode(value: string): string {
  return encodeURIComponent(value).replace(/[!~'()]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}
