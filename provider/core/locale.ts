/** Whether the user reads Korean, by the usual variables; STRATA_LANG goes before them. */
export function speaksKorean(env: NodeJS.ProcessEnv = process.env): boolean {
  return /^ko/i.test(env.STRATA_LANG ?? env.LC_ALL ?? env.LC_MESSAGES ?? env.LANG ?? "");
}
