import { isUnknown, UnknownValueError, unknownCheckingProxy } from "./sdk.ts";
import type { Text } from "./text.ts";

/** Something that cannot be told yet. Never a pass: it is counted, reported, and decided later. */
export class Undecided extends Error {
  readonly reason: Text;

  constructor(reason: Text) {
    // Where it was thrown interests nobody, and it is thrown for most resources of a preview.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(reason.en);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = "Undecided";
    this.reason = reason;
  }
}

/**
 * The same object with every read of an unknown value an UnknownValueError, by the policy SDK's proxy. Properties without
 * any are read past it: it makes a proxy of everything that it hands out, every time.
 */
export function checkingReads<T extends object>(values: T): T {
  const open = Object.entries(values).filter(([, value]) => holdsUnknown(value));
  if (open.length === 0) return values;
  const checked = unknownCheckingProxy(values) as Record<string, unknown>;
  const result = { ...values };
  for (const [name] of open) Object.defineProperty(result, name, { enumerable: true, get: () => checked[name] });
  return result;
}

function holdsUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isUnknown(value);
  return Object.values(value).some(holdsUnknown);
}

/** The reason, when this error says no more than that something is not known yet. */
export function undecidedReason(error: unknown): Text | undefined {
  if (error instanceof Undecided) return error.reason;
  if (!(error instanceof UnknownValueError)) return undefined;
  const path = (error as Error & { props: readonly (string | symbol)[] }).props.map(String).join(".");
  return { en: `${path} is known only after its creation`, ko: `${path} 값은 생성된 뒤에야 알 수 있음` };
}
