/** What `npx pulumi` runs: becomes the real engine, in the environment of {@link pulumiEnv}. */
import { withoutCode } from "./import-words.ts";
import { adviceOnState, journalFolder, startServiceProcess } from "./journal/start.ts";
import { pulumiEnv } from "./pulumi.ts";
import { refuseWithoutRoom } from "./state-room.ts";
import { compileSdks } from "./toolchain/sdk.ts";

/** Commands that start the program or its plugins; only these say which stand-ins are in use. */
const startsPlugins = new Set(["up", "update", "preview", "pre", "refresh", "destroy", "import", "watch"]);

const words = process.argv.slice(2);
try {
  const { command, env, notes, repairs } = await pulumiEnv(process.env, words);
  const isRun = words.some((word) => startsPlugins.has(word));
  for (const note of isRun ? [...notes, ...(await adviceOnState(env, words))] : repairs) {
    process.stderr.write(`${note}\n`);
  }
  await refuseWithoutRoom(env, words);
  // After a `git pull` an older SDK would leave out, without a word, what it does not know.
  if (isRun) await compileSdks();
  if (process.execve === undefined) throw new Error("This platform cannot replace a process.");
  const folder = journalFolder(env, words);
  const journal = folder === undefined ? {} : await startServiceProcess(folder, process.pid, env);
  process.execve(command, [command, ...withoutCode(words, env)], { ...definedOnly(env), ...journal });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
