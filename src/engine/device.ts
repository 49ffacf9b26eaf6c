/**
 * Where graphs run: the processor, or a provider of ONNX Runtime's for a graphics card. A process computes on one device,
 * which is set before anything is compiled.
 */
export const DEVICES = ["cpu", "webgpu", "cuda"] as const;
export type Device = (typeof DEVICES)[number];

let current: Device = "cpu";

/** The device of the programs that are compiled from now on. */
export const device = (): Device => current;

export function useDevice(device: Device): void {
  current = device;
}

/**
 * Whether every program should have its frozen weights inside (as constants). Elsewhere than on the processor, what is fed
 * is uploaded anew at each run.
 */
export const weightsInside = (): boolean => current !== "cpu";
