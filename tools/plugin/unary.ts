import { type handleUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";

/**
 * A gRPC handler from an async function. What it throws reaches the engine as the call's error, and so the console.
 */
export function unary<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    void answer(handle, call.request, callback);
  };
}

async function answer<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
  request: Request,
  callback: sendUnaryData<Response>,
): Promise<void> {
  try {
    callback(null, await handle(request));
  } catch (error) {
    callback({ code: status.UNKNOWN, message: error instanceof Error ? error.message : String(error) });
  }
}
