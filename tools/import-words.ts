import { commandOf } from "./journal/start.ts";

/**
 * The CLI's words, and for `import` that no code is wanted where the stand-in for the language host would have to write it:
 * it cannot, and the command would fail with everything imported ("does not implement the method generateProgram").
 * Who asks for code gets that answer.
 */
export function withoutCode(words: readonly string[], { STRATA_LANGUAGE_HOST }: NodeJS.ProcessEnv): readonly string[] {
  const isAsked = words.some((word) => /^(--generate-code|--out|-o)(=|$)/.test(word));
  const concerned = commandOf(words) === "import" && STRATA_LANGUAGE_HOST !== undefined && !isAsked;
  return concerned ? [...words, "--generate-code=false"] : words;
}
