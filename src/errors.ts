/**
 * An error meant for the person at the keyboard: it says what was wrong, where, and how to mend it. The command line
 * prints its message without a stack and exits with `exitCode`; any other error is a defect of ours and keeps its stack.
 */
export class NearmissError extends Error {
  override readonly name: string = "NearmissError";
  /** 1: failed. 2: bad usage or a bad recipe. */
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}
