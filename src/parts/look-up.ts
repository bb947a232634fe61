import { RunError } from "@pulumi/pulumi";

/** Waits for a look-up. What a server refuses is no defect of the program: a RunError is printed without a stack trace. */
export async function lookUp<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw new RunError(error instanceof Error ? error.message : String(error));
  }
}
