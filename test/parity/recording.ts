/** The recordings of a real CloudStack 4.22 management server: calls in order, with what it answered. */
import { readdirSync, readFileSync } from "node:fs";

export interface RecordedCall {
  readonly command: string;
  readonly params: Readonly<Record<string, string>>;
  /** HTTP status of the direct answer. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** The job while it ran, where it was caught. */
  readonly pending?: JobAnswer;
  /** The job at its end. */
  readonly job?: JobAnswer;
  readonly note?: string;
}

export interface JobAnswer {
  readonly queryasyncjobresultresponse: Readonly<Record<string, unknown>>;
}

export interface Recording {
  /** Name of the file without its ending, e.g. "03-vpc-acl". */
  readonly name: string;
  readonly calls: readonly RecordedCall[];
}

const folder = new URL("./recordings/", import.meta.url);

/** All recordings in the order in which they were made. */
export function recordings(): Recording[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({
      name: file.replace(/\.json$/, ""),
      calls: JSON.parse(readFileSync(new URL(file, folder), "utf8")) as RecordedCall[],
    }));
}
