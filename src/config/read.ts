import { readFileSync } from "node:fs";
import { MistakesError } from "../kit/errors.ts";

/**
 * The text of a file of configuration, or undefined where there is none.
 * @throws MistakesError for what is there and cannot be read, and for a text that is not in UTF-8: names in another encoding
 *   would reach the server as something else
 */
export function readText(file: string): string | undefined {
  const bytes = readBytes(file);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const remedy = "save it as UTF-8; it may be in CP949 (EUC-KR) or UTF-16";
    throw new MistakesError("The configuration", [{ path: file, rule: "a text in UTF-8", remedy }]);
  }
}

function readBytes(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    const rule = `a file that can be read: ${error instanceof Error ? error.message : String(error)}`;
    throw new MistakesError("The configuration", [{ path: file, rule }]);
  }
}
