import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Ids of the processes whose environment holds `NAME=value` (Linux; empty elsewhere). */
export function processesWith(name: string, value: string): number[] {
  return pids().filter((pid) => environmentOf(pid).includes(`${name}=${value}`));
}

function pids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Empty for a process that is gone, a zombie, or somebody else's. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** Asks again and again. @throws when it is still not so after `seconds` */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>, seconds = 120): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !(await isSo()); await sleep(5)) {
    if (Date.now() > end) throw new Error(`not so after ${seconds} s: ${what}`);
  }
}
