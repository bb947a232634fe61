import { listedCommand } from "../api/listing.ts";
import type { Caller, Command } from "../commands/command.ts";
import { findCommand } from "../commands/index.ts";
import { ApiError, bareCode, failBare, unauthorized, unsupported } from "../models/errors.ts";
import { passTime } from "../models/passing-time.ts";
import { isAllowed } from "../models/roles.ts";
import type { World } from "../models/world.ts";
import { authenticate } from "./authenticate.ts";
import { decodeArguments } from "./decode.ts";
import { type Answer, answer, errorContent, formatOf } from "./envelope.ts";
import { execute } from "./execute.ts";
import { pageOf } from "./pages.ts";
import type { SignatureAlgorithm } from "./signature.ts";

export interface DispatchOptions {
  readonly strict: boolean;
  readonly algorithms: readonly SignatureAlgorithm[];
}

/** A call that may be made: by whom, of what, with what. */
interface Asked {
  readonly command: Command;
  readonly caller: Caller;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Answers API calls: signature, role, parameters, command, envelope. Never throws. */
export class Dispatcher {
  readonly #world: World;
  readonly #options: DispatchOptions;
  /** Answers to list calls, good as long as nothing changes, and for a second because some depend on the time. */
  readonly #lists = new Map<string, Answer>();
  #listsAge = { version: -1, second: -1 };

  constructor(world: World, options: DispatchOptions) {
    this.#world = world;
    this.#options = options;
  }

  dispatch(parameters: ReadonlyMap<string, string>): Answer {
    const name = parameters.get("command") ?? "";
    const format = formatOf(parameters);
    const command = findCommand(name);
    const envelope = command?.envelope ?? (this.#listed(name) ? `${name.toLowerCase()}response` : "errorresponse");
    let caller: Caller | undefined;
    try {
      passTime(this.#world);
      caller = authenticate(this.#world, parameters, this.#options.algorithms);
      const known = this.#implemented(name, command, caller);
      const asked = { command: known, caller, parameters };
      const compute = () => answer(format, 200, envelope, this.#run(asked));
      return known.kind === "list" ? this.#list(asked, compute) : compute();
    } catch (error) {
      const failure = error instanceof ApiError ? error : internal(name, error);
      const text = shownText(failure, caller);
      const content = errorContent(text, failure.status, failure.code);
      return answer(format, failure.status, failure.anonymous ? "errorresponse" : envelope, content, text);
    }
  }

  #listed(name: string) {
    return listedCommand(name, this.#world.flavor);
  }

  #implemented(name: string, command: Command | undefined, caller: Caller): Command {
    if (!this.#listed(name)) throw unauthorized();
    if (!command) {
      throw unsupported(`The API [${name}] exists in CloudStack 4.22, but this emulator does not implement it.`);
    }
    if (isAllowed(this.#world.tables, caller.role, name, command.audience)) return command;
    throw unsupported(
      `The API [${name}] does not exist or is not available for the account for user id [${caller.user.uuid}].`,
    );
  }

  #run({ command, caller, parameters }: Asked) {
    const page = command.kind === "list" ? pageOf(parameters) : undefined;
    const args = decodeArguments(command, parameters, this.#world.tables, {
      flavor: this.#world.flavor,
      strict: this.#options.strict,
    });
    return execute(this.#world, command, caller, args, page);
  }

  #list(asked: Asked, compute: () => Answer): Answer {
    const { version } = this.#world.store;
    const second = Math.floor(this.#world.clock.now() / 1000);
    if (this.#listsAge.version !== version || this.#listsAge.second !== second) {
      this.#lists.clear();
      this.#listsAge = { version, second };
    }
    const key = cacheKey(asked);
    const known = this.#lists.get(key);
    if (known) return known;
    const computed = compute();
    this.#lists.set(key, computed);
    return computed;
  }
}

const signing = new Set(["signature", "signatureversion", "expires", "apikey"]);

function cacheKey({ command, caller, parameters }: Asked): string {
  const pairs = [...parameters].filter(([name]) => !signing.has(name.toLowerCase()));
  return JSON.stringify([command.name, caller.user.id, pairs]);
}

/** What went wrong inside is for root admins to know, unless the command itself says it (`ApiServer.handleRequest`). */
function shownText({ status, code, message }: ApiError, caller: Caller | undefined): string {
  const isInternal = (status === 530 || status === 533 || status === 534) && code !== bareCode;
  if (!isInternal || caller?.isRootAdmin) return message;
  return "Internal error executing command, please contact your system administrator";
}

function internal(name: string, error: unknown): ApiError {
  console.error(`${name}:`, error);
  return failBare(530, `the emulator failed: ${error instanceof Error ? error.message : String(error)}`);
}
