import {
  type SettingDefinition,
  type SettingScope,
  settingDefinition,
  settingDefinitions,
} from "./setting-definitions.ts";
import type { Row } from "./table.ts";
import type { World } from "./world.ts";

/** A setting that was changed, globally or for one zone, cluster, storage pool, domain or account. */
export interface Setting extends Row {
  readonly name: string;
  readonly scope: SettingScope;
  /** Internal id of the scoped thing; 0 for global. */
  readonly scopeId: number;
  readonly value: string;
}

/** Where a value is asked for or set. */
export interface Place {
  readonly scope: SettingScope;
  readonly scopeId: number;
}

export const everywhere: Place = { scope: "global", scopeId: 0 };

/** The value that holds at a place: the place's own, else the global one, else the default. */
export function settingValue(world: World, name: string, place: Place = everywhere): string {
  const definition = settingDefinition(name);
  if (!definition) throw new Error(`the emulator knows no setting ${name}`);
  return ownValue(world, name, place) ?? ownValue(world, name, everywhere) ?? definition.default;
}

/** The global value that is obeyed: of a setting that is not dynamic, the one of the server's last start. */
export function settingInForce(world: World, name: string): string {
  return world.settingsAtStart.get(name) ?? settingValue(world, name);
}

/** What a management server does at its start: reads the settings that are not dynamic, once. */
export function readSettings(world: World): void {
  world.settingsAtStart.clear();
  for (const { name, isDynamic } of settingDefinitions()) {
    if (!isDynamic) world.settingsAtStart.set(name, settingValue(world, name));
  }
}

/** Sets a value; the caller has checked it against the definition. A global one that is the default again is none. */
export function changeSetting(
  { tables }: World,
  definition: SettingDefinition,
  { scope, scopeId }: Place,
  value: string,
) {
  const { name } = definition;
  if (scope === "global" && value === definition.default) return resetSetting({ tables }, definition, everywhere);
  const row = settingRow({ tables }, name, { scope, scopeId });
  if (row) tables.settings.update(row, { value });
  else tables.settings.insert({ name, scope, scopeId, value });
}

/** Forgets what was set at a place. */
export function resetSetting({ tables }: Pick<World, "tables">, { name }: SettingDefinition, place: Place): void {
  const row = settingRow({ tables }, name, place);
  if (row) tables.settings.remove(row);
}

function ownValue(world: World, name: string, place: Place): string | undefined {
  return settingRow(world, name, place)?.value;
}

function settingRow({ tables }: Pick<World, "tables">, name: string, { scope, scopeId }: Place): Setting | undefined {
  return tables.settings.where("name", name).find((row) => row.scope === scope && row.scopeId === scopeId);
}
