/** What every stored thing has. `id` is the internal number that error texts quote, `uuid` the id of the API. */
export interface Row {
  readonly id: number;
  readonly uuid: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Set when the thing was removed; removed rows stay resolvable by id and uuid, as in the real database. */
  readonly removed?: number;
}

type Values<T extends Row> = Omit<T, keyof Row> & { readonly uuid?: string; readonly created?: number };
type Patch<T extends Row> = { [K in keyof Omit<T, "id" | "uuid">]?: T[K] | undefined };

/** What a table needs from the store it belongs to. */
export interface TableHost {
  now(): number;
  uuid(): string;
  /** Called before every change, with what takes it back. Throws outside a transaction. */
  changing(table: string, id: number, undo: () => void): void;
}

/**
 * Rows of one type in memory, found by id, uuid or the value of a field.
 * Rows are replaced by `update` field by field and never changed from outside: nested values are replaced whole.
 */
export class Table<T extends Row> {
  readonly name: string;
  readonly #host: TableHost;
  readonly #rows = new Map<number, T>();
  readonly #live = new Map<number, T>();
  readonly #byUuid = new Map<string, T>();
  readonly #indexes = new Map<keyof T, Map<unknown, Set<T>>>();
  #nextId = 1;

  constructor(name: string, host: TableHost) {
    this.name = name;
    this.#host = host;
  }

  /** The row with this internal id, removed or not. */
  get(id: number | undefined): T | undefined {
    return id === undefined ? undefined : this.#rows.get(id);
  }

  /** Like `get` for an id that another row holds. @throws when the row never existed: that is a defect of the emulator. */
  need(id: number): T {
    const row = this.#rows.get(id);
    if (!row) throw new Error(`${this.name} has no row ${id}`);
    return row;
  }

  /** The row with this uuid, removed or not. */
  byUuid(uuid: string): T | undefined {
    return this.#byUuid.get(uuid);
  }

  /** Rows that are not removed, oldest first. */
  live(): IterableIterator<T> {
    return this.#live.values();
  }

  get size(): number {
    return this.#live.size;
  }

  /** The first live row that fits, oldest first. */
  find(fits: (row: T) => boolean): T | undefined {
    for (const row of this.#live.values()) if (fits(row)) return row;
    return undefined;
  }

  /** The live rows, or of them only the one that is named: lists by id look at nothing else. */
  only(row: T | undefined): T[] {
    if (!row) return [...this.#live.values()];
    return row.removed === undefined ? [row] : [];
  }

  filter(fits: (row: T) => boolean): T[] {
    return [...this.#live.values()].filter(fits);
  }

  /** Live rows whose field has this value, oldest first, by an index that is built on first use. */
  where<K extends keyof T>(field: K, value: T[K]): T[] {
    const rows = [...(this.#index(field).get(value) ?? [])];
    return isOrdered(rows) ? rows : rows.sort((a, b) => a.id - b.id);
  }

  insert(values: Values<T>): T {
    const id = this.#nextId;
    const base = { id, uuid: this.#host.uuid(), created: this.#host.now() };
    const row = Object.assign(base, withoutUndefined(values)) as unknown as T;
    this.#host.changing(this.name, id, () => this.#forget(row));
    this.#nextId = id + 1;
    this.#add(row);
    return row;
  }

  /** Changes fields in place; `undefined` unsets. Returns the same row. */
  update(row: T, patch: Patch<T>): T {
    const before = { ...row };
    this.#host.changing(this.name, row.id, () => this.#replace(row, before));
    const after = { ...row } as Record<string, unknown>;
    for (const [key, value] of Object.entries(patch)) {
      if (value === undefined) delete after[key];
      else after[key] = value;
    }
    this.#replace(row, after as unknown as T);
    return row;
  }

  /** Marks the row removed: lists do not show it any more, its ids still resolve. */
  remove(row: T): void {
    if (row.removed === undefined) this.update(row, { removed: this.#host.now() } as Patch<T>);
  }

  /** Drops the row for good (expired jobs). */
  erase(row: T): void {
    this.#host.changing(this.name, row.id, () => this.#add(row));
    this.#forget(row);
  }

  /** Every row with the removed ones, for snapshots. */
  every(): IterableIterator<T> {
    return this.#rows.values();
  }

  get nextId(): number {
    return this.#nextId;
  }

  /** Puts a stored row back at start; not a change. */
  restore(row: T): void {
    const known = this.#rows.get(row.id);
    if (known) this.#replace(known, row);
    else this.#add(row);
    this.reserve(row.id + 1);
  }

  /** Takes a stored row away at start; not a change. */
  restoreErased(id: number): void {
    const row = this.#rows.get(id);
    if (row) this.#forget(row);
    this.reserve(id + 1);
  }

  /** Ids below this number are never given out again. */
  reserve(nextId: number): void {
    this.#nextId = Math.max(this.#nextId, nextId);
  }

  /** Empties the table and starts its ids over; not a change. */
  clear(): void {
    this.#rows.clear();
    this.#live.clear();
    this.#byUuid.clear();
    this.#indexes.clear();
    this.#nextId = 1;
  }

  #add(row: T): void {
    this.#rows.set(row.id, row);
    this.#byUuid.set(row.uuid, row);
    this.#enter(row);
  }

  #forget(row: T): void {
    this.#unindex(row);
    this.#live.delete(row.id);
    this.#rows.delete(row.id);
    if (this.#byUuid.get(row.uuid) === row) this.#byUuid.delete(row.uuid);
  }

  /** Gives the same object other contents, so that references to it stay good. */
  #replace(row: T, contents: T): void {
    const wasLive = row.removed === undefined;
    if (wasLive) this.#unindex(row);
    for (const key of Object.keys(row)) if (!(key in contents)) delete (row as Record<string, unknown>)[key];
    Object.assign(row, contents);
    // A row that stays live keeps its place, so that an update never reorders a list.
    if (row.removed === undefined) this.#enter(row);
    else if (wasLive) this.#live.delete(row.id);
  }

  #enter(row: T): void {
    if (row.removed !== undefined) return;
    this.#live.set(row.id, row);
    for (const [field, index] of this.#indexes) addTo(index, row[field], row);
  }

  #unindex(row: T): void {
    for (const [field, index] of this.#indexes) index.get(row[field])?.delete(row);
  }

  #index(field: keyof T): Map<unknown, Set<T>> {
    let index = this.#indexes.get(field);
    if (!index) {
      index = new Map();
      for (const row of this.#live.values()) addTo(index, row[field], row);
      this.#indexes.set(field, index);
    }
    return index;
  }
}

/** An update puts a row behind the others, so that most rows stand as they came. */
function isOrdered(rows: readonly Row[]): boolean {
  let last = 0;
  for (const { id } of rows) {
    if (id < last) return false;
    last = id;
  }
  return true;
}

function addTo<T>(index: Map<unknown, Set<T>>, value: unknown, row: T): void {
  const rows = index.get(value);
  if (rows) rows.add(row);
  else index.set(value, new Set([row]));
}

function withoutUndefined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
