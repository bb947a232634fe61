import { readdirSync, readFileSync } from "node:fs";

/** What a command and every process below it used. Linux only: read from /proc. */
export interface Usage {
  /** Wall clock, seconds. */
  wallSeconds: number;
  /** User and system time of all processes that ended within the run, seconds. */
  cpuSeconds: number;
  /** The largest sum of all processes' memory seen at one moment (shared pages counted once), MiB. */
  peakMib: number;
}

// Reading a process's memory map costs the kernel milliseconds, which would come out of what is measured.
const sampleEveryMs = 250;
const ticksPerSecond = 100;
const seconds = () => performance.now() / 1000;

/**
 * Measures `work`, which starts child processes of this one and waits for their end.
 * CPU is what the kernel charged to this process for its waited-for children; memory is sampled.
 */
export async function measure<T>(work: () => Promise<T>): Promise<{ result: T; usage: Usage }> {
  let peakMib = 0;
  const sampler = setInterval(() => {
    peakMib = Math.max(peakMib, treeMib(process.pid));
  }, sampleEveryMs);
  const cpu = childrenCpuSeconds();
  const start = seconds();
  try {
    const result = await work();
    const usage = { wallSeconds: seconds() - start, cpuSeconds: childrenCpuSeconds() - cpu, peakMib };
    return { result, usage };
  } finally {
    clearInterval(sampler);
  }
}

/** `cutime` and `cstime` of this process: the fields behind the parenthesised name are numbered from 3 in proc(5). */
function childrenCpuSeconds(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[16 - 3]) + Number(fields[17 - 3])) / ticksPerSecond;
}

/** Proportional set size of all descendants, so that what they share is counted once. */
function treeMib(ancestor: number): number {
  const children = childrenByParent();
  let kib = 0;
  const waiting = [...(children.get(ancestor) ?? [])];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    kib += proportionalKib(pid);
    waiting.push(...(children.get(pid) ?? []));
  }
  return kib / 1024;
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readOrEmpty(`/proc/${pid}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  return children;
}

function proportionalKib(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** A process may end between two reads. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
