import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { repoRoot } from "../../tools/toolchain/layout.ts";

/**
 * Puts a copy of this work tree into `folder`, as a clone of it would be: what git knows or would take, and nothing that
 * somebody's runs have left here. The tests stay out.
 * @param setUp with the npm packages (a link to ours) and the compiled SDKs, as set-up leaves them; default true
 */
export function cloneInto(folder: string, { setUp = true }: { setUp?: boolean } = {}): void {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: repoRoot,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const compiled = ["sdks/ceph/bin", "sdks/cloudstack/bin"];
  for (const path of [...listed.split("\0"), ...(setUp ? compiled : [])]) {
    const source = join(repoRoot, path);
    // Git lists what somebody has just deleted, too, and the file that `stack init` of another test leaves for a moment.
    if (path === "" || /^Pulumi\..+\.yaml$/.test(path) || path.startsWith("test/") || !existsSync(source)) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(source, join(folder, path), { recursive: true, verbatimSymlinks: true });
  }
  if (setUp) symlinkSync(join(repoRoot, "node_modules"), join(folder, "node_modules"));
}
