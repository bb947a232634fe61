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
  /** `encryptionsalt`, or `secretsprovider` and `encryptedkey`, which the stack's configuration and its state share. */
  settings: Record<string, unknown>;
}

const made = new Map<string, Promise<Made>>();

/**
 * A new stack by `pulumi stack init`. All stacks with one provider of secrets may share what that takes time for: the engine
 * makes the first one of this process, and the others are what it made, under their own names.
 * @param secretsProvider what keeps the key of its secrets
 * @param init runs `stack init` for this place
 * @returns the settings of its configuration. With another salt than the state's every run would derive two keys.
 */
export async function makeStack(
  place: StackPlace,
  secretsProvider: string,
  init: () => Promise<void>,
): Promise<Record<string, unknown>> {
  const first = made.get(secretsProvider);
  if (first === undefined) {
    const making = init().then(() => take(place));
    made.set(secretsProvider, making);
    return (await making).settings;
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
