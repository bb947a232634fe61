import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repoRoot } from "../toolchain/layout.ts";
import { say } from "./engine.ts";

/** The program as it was before a change, set up in a folder of its own. */
export interface Base {
  readonly folder: string;
  has(profile: string): boolean;
  remove(): void;
}

/**
 * Checks out a commit beside this work tree and sets it up, with its own packages and SDKs.
 * @throws where the commit is not there (a shallow clone) or cannot be set up
 */
export function checkOutBase(commit: string): Base {
  const folder = join(mkdtempSync(join(tmpdir(), "strata-base-")), "strata");
  const base: Base = {
    folder,
    has: (profile) => existsSync(join(folder, "profiles", `${profile}.yaml`)),
    remove: () => {
      rmSync(join(folder, ".."), { recursive: true, force: true });
      run("git", ["worktree", "prune"], repoRoot);
    },
  };
  try {
    run("git", ["worktree", "add", "--detach", "--force", folder, commit], repoRoot);
    run(process.execPath, ["tools/setup.mjs"], folder);
    return base;
  } catch (error) {
    base.remove();
    throw error;
  }
}

function run(command: string, words: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: "utf8" });
  if (stdout !== null) say(stdout.trim());
  if (status !== 0) throw new Error(`${command} ${words.join(" ")} ended with ${status}:\n${stderr}`);
}
