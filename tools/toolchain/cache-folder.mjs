// Plain JavaScript, because set-up needs it on the machine's own Node, before there is one that runs TypeScript.
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * The one folder outside the work tree that we write to: `$STRATA_CACHE`, else `$XDG_CACHE_HOME/strata`, else
 * `~/.cache/strata`. May be deleted at any time; set-up fills it again.
 * @param {NodeJS.ProcessEnv} env
 */
export function cacheFolder(env = process.env) {
  if (env.STRATA_CACHE) return resolve(env.STRATA_CACHE);
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "strata");
}
