/**
 * What secrets look like. The value must follow at once, so that a setting's name alone is no secret. A text without the
 * mark that is in every such secret is not searched: a machine's user data is long, and most of it is none.
 */
const shapes: readonly [kind: string, mark: string, shape: RegExp][] = [
  ["a private key", "PRIVATE KEY", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ["a Ceph key", "AQ", /\bAQ[A-Za-z0-9+/]{36}==/],
  ["an access key", "IA", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a token", "ghp_", /\bghp_[A-Za-z0-9]{36}/],
  ["a token", "eyJ", /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  ["a password hash", "$", /\$(?:1|2[aby]|5|6|y)\$[./A-Za-z0-9$]{16,}/],
  ["a password in a URL", "://", /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:[^\s:/@${<]{3,}@/],
  [
    "a password",
    "",
    /(?:^|[\s"'{,;_-])(?:password|passwd|passphrase|secret|secret[_-]?key|api[_-]?key|token)["']?\s*[:=]\s*["']?(?!(?:true|false|null|none|no|yes|\*+|required|disabled|file|env)\b)[^\s"'${}<>/%|\\(),;]{6,}["']?\s*(?:$|[\r\n,;}])/im,
  ],
];

/**
 * What kind of secret a text holds, undefined where it seems to hold none. Never the secret itself.
 * @param patterns regular expressions besides the built-in ones
 */
export function secretIn(text: string, patterns: readonly string[]): string | undefined {
  const found = shapes.find(([, mark, shape]) => text.includes(mark) && shape.test(text));
  if (found !== undefined) return found[0];
  return patterns.some((pattern) => new RegExp(pattern).test(text)) ? "what a configured pattern names" : undefined;
}

/** User data is sometimes given in base64. */
export function decoded(text: string): string {
  if (text.length < 16 || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text)) return text;
  return Buffer.from(text, "base64").toString("utf8");
}

/** Names and values of tags or details, one a line. */
export function pairs(value: object | string): string {
  if (typeof value === "string") return value;
  return Object.entries(value)
    .map(([name, part]) => `${name}=${part}`)
    .join("\n");
}
