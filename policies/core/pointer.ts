/** Paths of values as JSON pointers (RFC 6901): unlike names joined by dots they tell `{"a.b": …}` from `{a: {b: …}}`. */
export function pointerOf(keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The keys on the way to the value. */
export function keysOf(pointer: string): string[] {
  const [, ...keys] = pointer.split("/");
  return keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}
