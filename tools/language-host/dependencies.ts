import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import type * as language from "@pulumi/pulumi/proto/language_pb.js";
import languageMessages from "@pulumi/pulumi/proto/language_pb.js";
import type * as plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import { endChild, exitOf, startCommand } from "./children.ts";

interface Manifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  /** Marks a package that belongs to a provider plugin. */
  pulumi?: { resource?: boolean; name?: string; version?: string; server?: string };
}

/** The provider plugins that belong to the installed packages: each such package says so in its manifest. */
export function requiredPackages(info: language.ProgramInfo | undefined): plugin.PackageDependency[] {
  return installedPackages(folderOf(info)).flatMap(({ name = "", version = "", pulumi }) => {
    if (pulumi?.resource !== true) return [];
    const dependency = new pluginMessages.PackageDependency()
      .setKind("resource")
      .setName(pulumi.name ?? name.replace(/^@pulumi\//, ""))
      .setVersion(pulumi.version ?? version);
    return [pulumi.server === undefined ? dependency : dependency.setServer(pulumi.server)];
  });
}

/**
 * What `pulumi about` lists: the packages the program names, or all that are installed.
 */
export function programDependencies(
  info: language.ProgramInfo | undefined,
  transitive: boolean,
): language.DependencyInfo[] {
  const folder = folderOf(info);
  const manifest = readManifest(folder);
  const named = new Set(Object.keys({ ...manifest?.dependencies, ...manifest?.devDependencies }));
  return installedPackages(folder)
    .filter(({ name = "" }) => transitive || named.has(name))
    .map(({ name = "", version = "" }) => new languageMessages.DependencyInfo().setName(name).setVersion(version));
}

/** `npm install` for `pulumi install`, its output passed on. */
export function installDependencies(
  call: ServerWritableStream<language.InstallDependenciesRequest, language.InstallDependenciesResponse>,
): void {
  const child = startCommand("npm", ["install", "--loglevel=error"], {
    cwd: call.request.getDirectory(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  call.on("cancelled", () => endChild(child));
  const response = () => new languageMessages.InstallDependenciesResponse();
  child.stdout?.on("data", (data: Buffer) => call.write(response().setStdout(data)));
  child.stderr?.on("data", (data: Buffer) => call.write(response().setStderr(data)));
  exitOf(child).then(
    ({ code }) => {
      if (code === 0) call.end();
      else call.emit("error", { code: status.UNKNOWN, details: `npm install failed with code ${code}` });
    },
    (error: Error) => call.emit("error", { code: status.UNKNOWN, details: `npm cannot be started: ${error.message}` }),
  );
}

function folderOf(info: language.ProgramInfo | undefined): string {
  return info?.getProgramDirectory() || info?.getRootDirectory() || process.cwd();
}

/** Manifests of everything in the nearest `node_modules` at or above a folder. */
function installedPackages(folder: string): Manifest[] {
  const modules = nearestNodeModules(folder);
  if (modules === undefined) return [];
  return readdirSync(modules)
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((part) => join(name, part)) : [name],
    )
    .filter((name) => !name.startsWith("."))
    .flatMap((name) => readManifest(join(modules, name)) ?? []);
}

function nearestNodeModules(folder: string): string | undefined {
  const candidate = join(folder, "node_modules");
  if (existsSync(candidate)) return candidate;
  return dirname(folder) === folder ? undefined : nearestNodeModules(dirname(folder));
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  } catch {
    return undefined;
  }
}
