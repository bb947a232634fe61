import { createHmac, timingSafeEqual } from "node:crypto";

/** Apache CloudStack signs with SHA-1, ABLESTACK Mold with SHA-256. */
export type SignatureAlgorithm = "sha1" | "sha256";

/**
 * Whether `signature` is the caller's, as `ApiServer.verifyRequest` checks it: all parameters but the signature, sorted by
 * raw name, joined as `name=encoded value`, the whole lower-cased, HMAC with the secret key, Base64. The texts are compared,
 * in constant time (`ConstantTimeComparator.compareStrings`): another spelling of the same bytes is another signature.
 */
export function isSignedBy(
  parameters: ReadonlyMap<string, string>,
  signature: string,
  secretKey: string,
  algorithms: readonly SignatureAlgorithm[],
): boolean {
  const text = canonicalText(parameters);
  const given = Buffer.from(signature);
  return algorithms.some((algorithm) => {
    const expected = Buffer.from(createHmac(algorithm, secretKey).update(text).digest("base64"));
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

/** What needs no encoding: most values. */
const bare = /^[\w.*-]*$/;

/** Java's URLEncoder with `+` as `%20`: besides letters and digits only `.-*_` stay bare. */
function javaEncode(value: string): string {
  if (bare.test(value)) return value;
  return encodeURIComponent(value).replace(/[!~'()]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}
