/** From what was thrown to what gRPC carries: the code tells the engine whether something may exist that it does not know. */
import type { Metadata } from "@grpc/grpc-js";
import { told } from "./errors.ts";
import { anyMessage, grpc, messages, statusMessages } from "./grpc.ts";
import { PartialFailure } from "./lifecycle.ts";
import { toStruct } from "./values.ts";

export interface Status {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

/**
 * UNKNOWN makes the engine keep a note ("pending operation") that the object may exist; FAILED_PRECONDITION says that
 * nothing was made. A partial failure carries id and state.
 */
export function toStatus(error: unknown, mayHaveHappened: (error: unknown) => boolean): Status {
  const details = told(error instanceof PartialFailure ? error.cause : error);
  if (error instanceof PartialFailure) return { code: grpc.status.UNKNOWN, details, metadata: partial(error, details) };
  // A bug of ours is no proof that nothing was made.
  const isBug = error instanceof TypeError || error instanceof RangeError;
  return { code: isBug || mayHaveHappened(error) ? grpc.status.UNKNOWN : grpc.status.FAILED_PRECONDITION, details };
}

function partial(error: PartialFailure, details: string): Metadata {
  const failed = new messages.ErrorResourceInitFailed();
  failed.setId(error.id);
  failed.setProperties(toStruct(error.properties));
  failed.setInputs(toStruct(error.inputs));
  failed.setReasonsList([details]);
  const any = new anyMessage();
  any.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new (statusMessages().Status)();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(details);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}
