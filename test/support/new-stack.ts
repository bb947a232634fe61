import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";

/** A stack that is still to be made: where its state belongs, and the program's folder, which names its project. */
export interface StackPlace {
  name: string;
  folder: string;
  program: string;
}

/** What the engine wrote for a new stack. */
interface Made {
  meta: string;
  state: { checkpoint: { stack: string } };
  /** `encryptionsalt`, which the stack's configuration and its state share. */
  settings: Record<string, unknown>;
}

let first: Promise<Made> | undefined;

/**
 * A new stack by `pulumi stack init`. That takes a second of CPU, most of it for a key that all stacks of one passphrase may
 * share; so the engine makes the first one of this process, and the others are what it made, under their own names.
 * @param init runs `stack init` for this place
 * @returns the settings of its configuration. With another salt than the state's every run would derive two keys.
 */
export async function makeStack(place: StackPlace, init: () => Promise<void>): Promise<Record<string, unknown>> {
  if (first === undefined) {
    first = init().then(() => take(place));
    return (await first).settings;
  }
  const { meta, state, settings } = await first;
  const file = stateFile(place);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(join(place.folder, ".pulumi/meta.yaml"), meta);
  const stack = `organization/${projectOf(place)}/${place.name}`;
  writeFileSync(file, JSON.stringify({ ...state, checkpoint: { ...state.checkpoint, stack } }));
  return settings;
}

/** `init` takes no --config-file and leaves one in the program's folder, from where it goes: the stack's own is elsewhere. */
function take(place: StackPlace): Made {
  const left = join(place.program, `Pulumi.${place.name}.yaml`);
  const settings = parse(readFileSync(left, "utf8"));
  rmSync(left);
  const meta = readFileSync(join(place.folder, ".pulumi/meta.yaml"), "utf8");
  return { meta, state: JSON.parse(readFileSync(stateFile(place), "utf8")), settings };
}

function stateFile(place: StackPlace): string {
  return join(place.folder, ".pulumi/stacks", projectOf(place), `${place.name}.json`);
}

function projectOf({ program }: StackPlace): string {
  return parse(readFileSync(join(program, "Pulumi.yaml"), "utf8")).name;
}
