import type { FaultTable } from "../control/faults.ts";
import type { World } from "../models/world.ts";
import { Dispatcher, type DispatchOptions } from "./dispatch.ts";
import { answer, errorContent, formatOf } from "./envelope.ts";
import type { Handler } from "./listener.ts";
import { readParameters } from "./request.ts";

/** What the API needs of the control side: calls are counted, and faults are played. */
export interface Observer {
  readonly faults: FaultTable;
  countCall(command: string): void;
}

/** The handler of `/client/api`. */
export function apiHandler(world: World, observer: Observer, options: DispatchOptions): Handler {
  const dispatcher = new Dispatcher(world, options);
  return async (request) => {
    const parameters = await readParameters(request);
    const command = parameters.get("command") ?? "";
    observer.countCall(command);
    const fault = observer.faults.take(command);
    switch (fault?.kind) {
      case undefined:
        return dispatcher.dispatch(parameters);
      case "slow":
        await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
        return dispatcher.dispatch(parameters);
      case "drop-before":
        return undefined;
      case "drop":
        dispatcher.dispatch(parameters);
        return undefined;
      case "error": {
        const content = errorContent(fault.text, fault.status, fault.cserrorcode);
        return answer(formatOf(parameters), fault.status, `${command.toLowerCase()}response`, content, fault.text);
      }
    }
  };
}
