import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { platform } from "./layout.ts";
import { pulumiArchiveSha256, pulumiVersion } from "./pins.ts";
import { run } from "./run.ts";

const connectTimeoutMs = 3_000;
/** A download that gets nothing for this long is given up. */
const stallTimeoutMs = 20_000;

/**
 * Fetches the official archive and unpacks it into `folder`, which then holds `pulumi`, `pulumi-language-nodejs`, ….
 * @throws one sentence: no pinned checksum for this platform, not reachable, or not the pinned file
 */
export async function downloadPulumi(folder: string, report: (detail: string) => void): Promise<void> {
  const checksum = pulumiArchiveSha256[platform];
  if (checksum === undefined) throw new Error(`no pinned checksum for ${platform}`);
  const url = `https://get.pulumi.com/releases/sdk/pulumi-v${pulumiVersion}-${platform}.tar.gz`;
  await downloadArchive(url, checksum, folder, report);
}

/** Fetches a tar.gz, checks its SHA-256 and only then unpacks it, without its top folder. */
export async function downloadArchive(
  url: string,
  checksum: string,
  folder: string,
  report: (detail: string) => void,
): Promise<void> {
  const archive = join(folder, "archive.tar.gz");
  await fetchTo(url, archive, report);
  const actual = await sha256(archive);
  if (actual !== checksum) throw new Error(`${url} has SHA-256 ${actual}, pinned is ${checksum}; it was not used`);
  report("unpacking");
  const unpacked = await run("tar", ["-xzf", archive, "--strip-components=1", "-C", folder]);
  if (unpacked.code !== 0) throw new Error(`unpacking ${archive} failed: ${unpacked.stderr.trim()}`);
  await rm(archive);
}

async function fetchTo(url: string, path: string, report: (detail: string) => void): Promise<void> {
  const abort = new AbortController();
  let timer = setTimeout(
    () => abort.abort(new Error(`no answer within ${connectTimeoutMs / 1000} s`)),
    connectTimeoutMs,
  );
  const file = await open(path, "w");
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    const total = Number(response.headers.get("content-length"));
    let received = 0;
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(new Error("the download stalled")), stallTimeoutMs);
      await file.write(chunk);
      received += chunk.length;
      report(`${mib(received)} of ${mib(total)} MiB`);
    }
  } catch (error) {
    throw new Error(`${new URL(url).host} cannot be reached (${reasonOf(error)})`, { cause: error });
  } finally {
    clearTimeout(timer);
    await file.close();
  }
}

/** fetch says only "fetch failed"; the reason is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
